// SPDX-License-Identifier: Apache-2.0
//
// A module for a laboratory's httpd: requests that cost what their query says.
//
//   /lab?cpu=5&sleep=100&alloc=8&leak=64&bytes=1000
//
//   cpu    milliseconds of the thread's processor time
//   sleep  milliseconds of waiting, the worker held
//   alloc  MiB that are touched and freed again
//   leak   KiB that are touched and never freed, while the process lives
//   keep   MiB that a process of one thread touches with its first request, and keeps
//   bytes  of the answer's body
#include <stdlib.h>
#include <string.h>
#include <time.h>

// httpd's own headers need httpd.h before them.
#include "httpd.h"

#include "apr_strings.h"
#include "http_config.h"
#include "http_core.h"
#include "http_protocol.h"

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void burn(long milliseconds) {
  const double end = cpu_seconds() + (double)milliseconds * 1e-3;
  volatile unsigned long work = 0;
  while (cpu_seconds() < end)
    for (int i = 0; i < 2000; ++i)
      work = work + (unsigned long)i;
}

// The pages must be written to be there.
static void *touch(size_t size) {
  char *memory = malloc(size);
  if (memory != NULL)
    for (size_t i = 0; i < size; i += 1024)
      memory[i] = (char)i;
  return memory;
}

// False: there is no memory.
static int keep(long mebibytes) {
  static long kept = 0;
  if (mebibytes <= kept) return 1;
  if (touch((size_t)(mebibytes - kept) << 20) == NULL) return 0;
  kept = mebibytes;
  return 1;
}

static long parameter(request_rec *r, const char *name) {
  const char *at = r->args;
  const size_t length = strlen(name);
  while (at != NULL) {
    if (strncmp(at, name, length) == 0 && at[length] == '=') return atol(at + length + 1);
    at = strchr(at, '&');
    if (at != NULL) ++at;
  }
  return 0;
}

static int handle(request_rec *r) {
  if (r->handler == NULL || strcmp(r->handler, "lab") != 0) return DECLINED;
  const long cpu = parameter(r, "cpu");
  const long wait = parameter(r, "sleep");
  const long alloc = parameter(r, "alloc");
  const long leak = parameter(r, "leak");
  const long kept = parameter(r, "keep");
  const long bytes = parameter(r, "bytes");
  if (cpu < 0 || wait < 0 || alloc < 0 || leak < 0 || kept < 0 || bytes < 0 || bytes > 1 << 20)
    return HTTP_BAD_REQUEST;

  if (cpu > 0) burn(cpu);
  void *held = alloc > 0 ? touch((size_t)alloc << 20) : NULL;
  if (wait > 0) apr_sleep((apr_interval_time_t)wait * 1000);
  free(held);
  if (leak > 0 && touch((size_t)leak << 10) == NULL) return HTTP_INSUFFICIENT_STORAGE;
  if (!keep(kept)) return HTTP_INSUFFICIENT_STORAGE;

  ap_set_content_type(r, "text/plain");
  char *body = apr_palloc(r->pool, (apr_size_t)bytes + 1);
  memset(body, 'x', (size_t)bytes);
  body[bytes] = '\n';
  ap_rwrite(body, (int)bytes + 1, r);
  return OK;
}

static void register_hooks(apr_pool_t *pool) {
  (void)pool;
  ap_hook_handler(handle, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(lab) = {STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks,
                          AP_MODULE_FLAG_NONE};

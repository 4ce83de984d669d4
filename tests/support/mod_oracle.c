// SPDX-License-Identifier: Apache-2.0
//
// An httpd module that tells how httpd has read its configuration: right after reading and
// before any directive is executed it prints what was read and ends the process. So a tree can
// be asked although its users, certificates and directories are not there. It is loaded first:
//
//   httpd -d ROOT -f FILE -C "LoadModule oracle_module mod_oracle.so" -t
//
// One line each, its fields apart by a tab, a byte that is not printable as \xHH:
//
//   D <depth> <file> <line> <name> <arguments>   a directive or section, in httpd's order
//   N <name>                                     defined by -D or Define
//   M <source>                                   a module that is loaded
//   R <directory>                                ServerRoot
//
// MPM_ORACLE_FORGETS names the sources of modules, apart by blanks, that are built into this
// httpd and are to be as if they were not: trees of builds without them can load them then.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// httpd's own headers need httpd.h before them.
#include "httpd.h"

#include "http_config.h"
#include "http_core.h"
#include "http_main.h"
#include "util_cfgtree.h"

static void put(const char *text) {
  for (; text != NULL && *text != '\0'; ++text) {
    const unsigned char c = (unsigned char)*text;
    if (c < ' ' || c >= 0x7f || c == '\\')
      printf("\\x%02x", c);
    else
      putchar(c);
  }
}

static void put_record(char kind, const char *text) {
  printf("%c\t", kind);
  put(text);
  putchar('\n');
}

static void put_tree(const ap_directive_t *node, int depth) {
  for (; node != NULL; node = node->next) {
    printf("D\t%d\t", depth);
    put(node->filename);
    printf("\t%d\t", node->line_num);
    put(node->directive);
    putchar('\t');
    put(node->args);
    putchar('\n');
    put_tree(node->first_child, depth + 1);
  }
}

static int tell(apr_pool_t *pool, apr_pool_t *log_pool, apr_pool_t *temporary) {
  (void)pool;
  (void)log_pool;
  (void)temporary;
  const char **names = (const char **)ap_server_config_defines->elts;
  for (int i = 0; i < ap_server_config_defines->nelts; ++i)
    put_record('N', names[i]);
  for (const module *m = ap_top_module; m != NULL; m = m->next)
    put_record('M', m->name);
  put_record('R', ap_server_root);
  put_tree(ap_conftree, 0);
  fflush(stdout);
  _Exit(0);
}

static int is_asked(const char *names, const char *source) {
  const size_t length = strlen(source);
  for (const char *at = names; (at = strstr(at, source)) != NULL; at += length)
    if ((at == names || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) return 1;
  return 0;
}

// Its directives stay in httpd's table. Those that are executed while reading must not be, as of
// a module that is not there; the table is constant data of the program.
static void disarm(const module *m) {
  const long page = sysconf(_SC_PAGESIZE);
  for (const command_rec *c = m->cmds; c != NULL && c->name != NULL; ++c) {
    if ((c->req_override & EXEC_ON_READ) == 0) continue;
    char *begin = (char *)((apr_uintptr_t)c & ~(apr_uintptr_t)(page - 1));
    if (mprotect(begin, (size_t)page * 2, PROT_READ | PROT_WRITE) != 0) _Exit(70);
    ((command_rec *)(apr_uintptr_t)c)->req_override &= ~EXEC_ON_READ;
  }
}

// A built-in module stands in three places: the list of modules, the one that LoadModule refuses
// to load again, and the one in which <IfModule> looks for identifiers.
static void forget_builtin(const char *names) {
  module **kept = ap_preloaded_modules;
  for (module **m = ap_preloaded_modules; *m != NULL; ++m)
    if (!is_asked(names, (*m)->name)) *kept++ = *m;
  *kept = NULL;
  ap_module_symbol_t *named = ap_prelinked_module_symbols;
  for (ap_module_symbol_t *s = ap_prelinked_module_symbols; s->name != NULL; ++s) {
    if (!is_asked(names, s->modp->name)) {
      *named++ = *s;
      continue;
    }
    ap_remove_module(s->modp);
    disarm(s->modp);
  }
  named->name = NULL;
  named->modp = NULL;
}

static void register_hooks(apr_pool_t *pool) {
  (void)pool;
  const char *names = getenv("MPM_ORACLE_FORGETS");
  if (names != NULL) forget_builtin(names);
  ap_hook_pre_config(tell, NULL, NULL, APR_HOOK_REALLY_FIRST);
}

AP_DECLARE_MODULE(oracle) = {STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks,
                             AP_MODULE_FLAG_NONE};

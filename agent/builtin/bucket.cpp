// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/bucket.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mpm::builtin {

std::int32_t bucket_count(const Settings& settings, std::int32_t processors) {
  const std::int32_t ratio = settings.cores_buckets_ratio;
  return ratio > 0 && settings.pool.mpm != Mpm::Winnt ? std::max(processors / ratio, 1) : 1;
}

Result<std::vector<ListenBucket>> open_buckets(const Settings& settings, std::int32_t count) {
  std::vector<ListenBucket> buckets;
  for (std::int32_t i = 0; i < count; ++i) {
    auto listeners = open_listeners(settings.listen, {settings.listen_backlog, count > 1});
    if (!listeners) return fail(std::move(listeners.error()));
    auto pipe = Pipe::create(settings.pool.mpm);
    if (!pipe) return fail(std::move(pipe.error()));
    auto baton = Baton::create();
    if (!baton) return fail(std::move(baton.error()));
    set_times(*listeners, settings);
    buckets.push_back({std::move(*listeners), std::move(*pipe), std::move(*baton)});
  }
  return buckets;
}

Result<void> follow_listen(std::vector<ListenBucket>& buckets, const Settings& settings) {
  std::vector<ListenOn> added;
  for (const ListenOn& where : settings.listen)
    if (std::ranges::find(buckets.front().listeners, where, &Listener::where) ==
        buckets.front().listeners.end())
      added.push_back(where);
  std::vector<std::vector<Listener>> opened;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    auto more = open_listeners(added, {settings.listen_backlog, buckets.size() > 1});
    if (!more) return fail(std::move(more.error()));
    opened.push_back(std::move(*more));
  }
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    std::vector<Listener>& listeners = buckets[i].listeners;
    std::ranges::move(opened[i], std::back_inserter(listeners));
    std::erase_if(listeners, [&](const Listener& listener) {
      return std::ranges::find(settings.listen, listener.where) == settings.listen.end();
    });
    set_times(listeners, settings);
  }
  return {};
}

}  // namespace mpm::builtin

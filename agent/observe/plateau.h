// SPDX-License-Identifier: Apache-2.0
//
// Throughput by concurrency, as the looks scattered over it: where more requests at once brought no
// more of them a second (after the scatter graphs of Wang, Malkowski and Pu, IPDPS 2011). Pure.
#pragma once

#include <optional>
#include <span>

#include "schema/model/observation.h"
#include "schema/model/sample.h"

namespace mpm {

// Neighbours farther apart than `longest_gap` seconds say nothing. nullopt with few looks, with
// requests that take longer than a look or two (what ends in a second began in others), while the
// load never went beyond the plateau, and when it did so by no more than chance: a steady load has
// Poisson's number in service, whose deviation is the root of its mean.
std::optional<Plateau> plateau_of(std::span<const Sample> samples, double longest_gap);

}  // namespace mpm

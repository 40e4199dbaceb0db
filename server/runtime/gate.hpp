// SPDX-License-Identifier: Apache-2.0
// How many may be inside at once: whoever enters holds a pass, and makes room as the pass goes.
// Knows nothing of the domain. Any thread; the gate outlives its passes.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace waggle::runtime {

class gate {
 public:
  class pass {
   public:
    pass() = default;
    explicit operator bool() const { return of_ != nullptr; }

   private:
    friend class gate;
    struct leave {
      void operator()(gate* from) const { from->inside_.fetch_sub(1, std::memory_order_relaxed); }
    };
    explicit pass(gate* of) : of_(of) {}
    std::unique_ptr<gate, leave> of_;
  };

  explicit gate(std::size_t most) : most_(most) {}

  /// An empty pass if nobody else may enter now.
  [[nodiscard]] pass enter() {
    if (inside_.fetch_add(1, std::memory_order_relaxed) < most_) return pass{this};
    inside_.fetch_sub(1, std::memory_order_relaxed);
    return {};
  }

  [[nodiscard]] std::size_t inside() const { return inside_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t most() const { return most_; }

 private:
  std::size_t most_;
  std::atomic<std::size_t> inside_{0};
};

}  // namespace waggle::runtime

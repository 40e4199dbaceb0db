// SPDX-License-Identifier: Apache-2.0
// Policies follow their files; what cannot be used changes nothing.
#include "server/policy_keeper.hpp"

#include "tests/support/certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waggle::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

info_hash listed(std::uint8_t byte) {
  info_hash hash;
  hash.value.fill(byte);
  return hash;
}

class PolicyKeeper : public testing::Test {
 protected:
  PolicyKeeper() { deny(std::string(40, 'a')); }

  std::string deny(std::string const& line) { return folder.write("deny", line + "\n"); }

  settings from_file() {
    settings from;
    from.access.deny_file = deny(std::string(40, 'a'));
    return from;
  }

  [[nodiscard]] bool serves(std::uint8_t byte) const {
    return keeper.in_use().tenants->find(tenant_id::none)->serves(listed(byte), nullptr);
  }

  temporary_folder folder;
  net::asio::io_context loop;
  policy_keeper keeper{loop, from_file(), {.now = [] { return std::chrono::sys_seconds{}; }}};
  int installed = 0;
};

TEST_F(PolicyKeeper, TakesAChangedFileIntoUse) {
  ASSERT_TRUE(keeper.load());
  keeper.start([this](client_policies const&) { ++installed; });
  keeper.check();
  EXPECT_EQ(installed, 0) << "nothing has changed";
  EXPECT_FALSE(serves(0xaa));

  deny(std::string(40, 'b'));
  keeper.check();

  EXPECT_EQ(installed, 1);
  EXPECT_TRUE(serves(0xaa));
  EXPECT_FALSE(serves(0xbb));
  EXPECT_EQ(keeper.facts().reloads, 1U);
}

TEST_F(PolicyKeeper, KeepsTheOldOnesWhereAFileIsWrongAndTakesItOnceItIsRight) {
  ASSERT_TRUE(keeper.load());
  keeper.start([this](client_policies const&) { ++installed; });

  deny("junk");
  keeper.check();

  EXPECT_EQ(installed, 0);
  EXPECT_FALSE(serves(0xaa));
  EXPECT_THAT(keeper.facts().problem, HasSubstr("access.deny_file"));
  EXPECT_EQ(keeper.facts().reloads_refused, 1U);
  keeper.check();
  EXPECT_EQ(keeper.facts().reloads_refused, 1U) << "told once";

  deny(std::string(40, 'c'));
  keeper.check();

  EXPECT_EQ(installed, 1);
  EXPECT_TRUE(serves(0xaa));
  EXPECT_EQ(keeper.facts().problem, "");
}

TEST_F(PolicyKeeper, DoesNotBeginWithAFileThatIsWrong) {
  deny("junk");

  EXPECT_FALSE(keeper.load());
  EXPECT_THAT(keeper.facts().problem, HasSubstr("access.deny_file"));
}

TEST_F(PolicyKeeper, TakesOtherSettingsOrNoneOfThem) {
  ASSERT_TRUE(keeper.load());
  keeper.start([this](client_policies const&) { ++installed; });
  settings wrong;
  wrong.access.deny_file = "/does/not/exist";

  EXPECT_THROW(keeper.use(wrong), std::runtime_error);
  EXPECT_EQ(installed, 0);
  EXPECT_FALSE(serves(0xaa));
  keeper.use({});

  EXPECT_EQ(installed, 1);
  EXPECT_TRUE(serves(0xaa));
}

}  // namespace
}  // namespace waggle::test

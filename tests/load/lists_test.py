#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How turns are read from what perf tells; nothing is started."""
import unittest

from lists import turns_of

TOLD = """
  1000.000 ( 1.000 ms): waggle/7 epoll_wait(epfd: 5, events: 0x7f, maxevents: 128, timeout: -1) = 1
  1001.500 (         ): waggle/7 sched:sched_stat_runtime(comm: "waggle", pid: 7 (waggle), runtime: 400000)
  1001.600 ( 0.001 ms): waggle/7 epoll_wait(epfd: 9, events: 0x7f, maxevents: 256) = 1
  1005.000 ( 2.000 ms): waggle/7 epoll_wait(epfd: 5, events: 0x7f, maxevents: 128, timeout: -1) = 1
  1005.001 (         ): waggle/7 sched:sched_stat_runtime(comm: "waggle", pid: 7 (waggle), runtime: 100000)
  1007.250 ( 1.000 ms): waggle/7 epoll_wait(epfd: 5, events: 0x7f, maxevents: 128, timeout: -1) = 0
  1007.251 (         ): waggle/7 sched:sched_stat_runtime(comm: "waggle", pid: 7 (waggle), runtime: 900000)
"""


class Turns(unittest.TestCase):
    def test_a_turn_is_the_time_of_the_processor_between_two_waits_of_the_loop(self):
        self.assertEqual([round(each, 3) for each in turns_of(TOLD)], [0.25, 0.5])

    def test_what_is_no_wait_of_a_core_is_no_turn(self):
        self.assertEqual(turns_of("nothing\n"), [])


if __name__ == "__main__":
    unittest.main()

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

TOLD_IN_PARTS = """
         ? (         ):  ... [continued]: epoll_wait())                              = 1
  1000.000 ( 1.000 ms): epoll_wait(epfd: 5, events: 0x7f, maxevents: 128, timeout: -1) = 1
  1001.500 (         ): epoll_wait(epfd: 5, events: 0x7f, maxevents: 128, timeout: -1) ...
  1001.510 (         ): sched:sched_stat_runtime(comm: "waggle", pid: 7 (waggle), runtime: 500000)
  1001.500 ( 2.000 ms):  ... [continued]: epoll_wait())                              = 1
  1003.600 (         ): epoll_wait(epfd: 9, events: 0x7f, maxevents: 256) ...
  1003.601 (         ): sched:sched_stat_runtime(comm: "waggle", pid: 7 (waggle), runtime: 50000)
  1003.600 ( 0.010 ms):  ... [continued]: epoll_wait())                              = 1
  1005.000 ( 1.000 ms): epoll_wait(epfd: 5, events: 0x7f, maxevents: 128, timeout: -1) = 0
  1005.001 (         ): sched:sched_stat_runtime(comm: "waggle", pid: 7 (waggle), runtime: 200000)
"""


class Turns(unittest.TestCase):
    def test_a_turn_is_the_time_of_the_processor_between_two_waits_of_the_loop(self):
        self.assertEqual([round(each, 3) for each in turns_of(TOLD)], [0.25, 0.5])

    def test_a_wait_that_is_told_in_two_parts_is_one(self):
        self.assertEqual([round(each, 3) for each in turns_of(TOLD_IN_PARTS)], [0.25, 0.5])

    def test_what_is_no_wait_of_a_core_is_no_turn(self):
        self.assertEqual(turns_of("nothing\n"), [])


if __name__ == "__main__":
    unittest.main()

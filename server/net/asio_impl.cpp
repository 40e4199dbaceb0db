// SPDX-License-Identifier: Apache-2.0
// Compiles the non-template part of Asio once for the whole tree (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/impl/src.hpp>

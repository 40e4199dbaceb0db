// SPDX-License-Identifier: Apache-2.0
// Compiles the non-template part of Beast once for the whole tree
// (BOOST_BEAST_SEPARATE_COMPILATION).
#include <boost/beast/src.hpp>

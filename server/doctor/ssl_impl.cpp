// SPDX-License-Identifier: Apache-2.0
// Compiles the non-template part of Asio's OpenSSL streams once (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/ssl/impl/src.hpp>

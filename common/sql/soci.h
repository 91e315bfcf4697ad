// SOCI's headers without its support for Boost types: Debian's soci-config.h asks for Boost headers that
// libsoci-dev does not bring, and we bind none of those types. Only templates differ, so the library agrees.
#pragma once

#include "soci/soci-platform.h"
#undef SOCI_HAVE_BOOST

#include "soci/postgresql/soci-postgresql.h"
#include "soci/soci.h"
#include "soci/sqlite3/soci-sqlite3.h"

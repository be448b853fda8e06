// Package pgtest gives each test a migrated Postgres database, and a Redis, of
// its own. Only tests import it.
//
// One private server serves all test processes of a user and stays warm for a
// minute after the last of them. A database is a clone of a template which is
// migrated once for each state of the migrations, so that New takes tens of
// milliseconds and tests may run in parallel.
//
// Two environment variables change where: SIGNALBOX_TEST_POSTGRES (15 to 18)
// chooses the major version, and SIGNALBOX_TEST_DATABASE_URL names the superuser
// of a throw-away server to use instead of the private one.
package pgtest

// Package migrations holds the schema as numbered SQL and brings a database to it.
//
// It needs no superuser: the login of DATABASE_URL_MIGRATE owns the schema
// `signalbox` and everything in it, and at most creates the two other logins.
// Where it lacks a right, the error holds the SQL for the database's
// administrator. access.sql says who may do what and is laid down anew after
// every migration, so that it can never lag behind the tables.
package migrations

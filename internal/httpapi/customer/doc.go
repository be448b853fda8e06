// Package customer holds the handlers of the customers' routes. It is built from
// the customer's stores, which cannot read internal text, and from a narrow
// interface for writing; it has no other way to the database.
package customer

package desk

import "github.com/google/uuid"

// Connection is a helpdesk that sends events. Its ID is the opaque part of the
// hook's address.
type Connection struct {
	ID               uuid.UUID
	SiteID           uuid.UUID // zero if it belongs to no site
	Kind             string    // generic, zendesk …
	Name             string
	RestrictionGroup string   // every ticket of this connection belongs to it, if set
	Secrets          [][]byte // live signing secrets, newest first: two while one is rotated
	Disabled         bool
}

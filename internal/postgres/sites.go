package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/seal"
)

// Sites keeps sites and the keys with which they sign their customers' tokens.
type Sites struct {
	db  *DB
	box *seal.Box
}

// NewSites returns a store that seals signing secrets with box.
func NewSites(db *DB, box *seal.Box) *Sites { return &Sites{db: db, box: box} }

const siteColumns = `id, name, publishable_key, allowed_origins`

const insertSite = `
insert into sites (id, name, publishable_key, allowed_origins) values ($1, $2, $3, $4) returning ` + siteColumns

// CreateSite makes a site. Origins are like https://shop.example; none allows every one.
func (s *Sites) CreateSite(ctx context.Context, actor desk.Actor, name string, origins []string) (desk.Site, error) {
	if strings.TrimSpace(name) == "" || len(name) > 200 {
		return desk.Site{}, fault.Field(fault.Unprocessable, "name", "is missing or longer than 200 bytes", "name the site")
	}
	if origins == nil {
		origins = []string{}
	}
	for _, origin := range origins {
		if !validOrigin(origin) {
			return desk.Site{}, fault.Field(fault.Unprocessable, "allowed_origins", "holds what is not an origin",
				"use scheme and host only, such as https://shop.example")
		}
	}
	var site desk.Site
	err := s.db.changing(ctx, actor, func(tx pgx.Tx) (done change, err error) {
		site, err = one[desk.Site](tx.Query(ctx, insertSite, newID(), name, "sbp_"+randomText(), origins))
		return change{action: "site.create", subjectKind: "site", subjectID: site.ID}, err
	})
	return site, failure(err, "create site")
}

// validOrigin accepts scheme://host[:port], as a browser sends it.
func validOrigin(origin string) bool {
	host, secure := strings.CutPrefix(origin, "https://")
	if !secure {
		var plain bool
		if host, plain = strings.CutPrefix(origin, "http://"); !plain {
			return false
		}
	}
	return host != "" && len(origin) <= 300 && !strings.ContainsAny(host, "/?#@ \t\r\n\x00*\"'<>") && strings.ToLower(host) == host
}

const selectSiteByKey = `select ` + siteColumns + ` from sites where publishable_key = $1`

// SiteByPublishableKey returns the site that a page names.
func (s *Sites) SiteByPublishableKey(ctx context.Context, key string) (desk.Site, error) {
	if !strings.HasPrefix(key, "sbp_") || strings.ContainsRune(key, 0) {
		return desk.Site{}, fault.New(fault.NotFound, "no such site")
	}
	site, err := one[desk.Site](s.db.app.Query(ctx, selectSiteByKey, key))
	return site, failure(err, "find site")
}

const selectSites = `select ` + siteColumns + ` from sites order by created_at, id`

// ListSites lists every site, oldest first.
func (s *Sites) ListSites(ctx context.Context) ([]desk.Site, error) {
	sites, err := many[desk.Site](s.db.app.Query(ctx, selectSites))
	return sites, failure(err, "list sites")
}

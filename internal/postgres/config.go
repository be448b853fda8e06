package postgres

import (
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/internal/fault"
)

// Defaults of a Config.
const (
	DefaultMaxConns                 = 16
	DefaultCustomerMaxConns         = 8
	DefaultCustomerStatementTimeout = 5 * time.Second
)

// Config says how to reach the database. Zero numbers mean the defaults.
type Config struct {
	URL         string // DATABASE_URL: the app login
	CustomerURL string // DATABASE_URL_CUSTOMER: the read-only login of the customer side

	MaxConns                 int32         // most connections of each of the app login's two pools, 1–1000
	CustomerMaxConns         int32         // most connections of the customer login, 1–1000: a flood there leaves the app's alone
	CustomerStatementTimeout time.Duration // longest customer query, 100 ms to 1 min
}

// Validate names the first setting that is wrong, and what would be right.
func (c Config) Validate() error {
	_, _, err := c.parse()
	return err
}

// withDefaults fills what was left at zero.
func (c Config) withDefaults() Config {
	if c.MaxConns == 0 {
		c.MaxConns = DefaultMaxConns
	}
	if c.CustomerMaxConns == 0 {
		c.CustomerMaxConns = DefaultCustomerMaxConns
	}
	if c.CustomerStatementTimeout == 0 {
		c.CustomerStatementTimeout = DefaultCustomerStatementTimeout
	}
	return c
}

// parse checks the settings and returns the two pools' configurations.
func (c Config) parse() (app, customer *pgxpool.Config, err error) {
	c = c.withDefaults()
	if app, err = parseURL("DATABASE_URL", c.URL); err != nil {
		return nil, nil, err
	}
	if customer, err = parseURL("DATABASE_URL_CUSTOMER", c.CustomerURL); err != nil {
		return nil, nil, err
	}
	switch {
	case app.ConnConfig.User == customer.ConnConfig.User:
		err = fault.Field(fault.Invalid, "DATABASE_URL_CUSTOMER", "is the same login as DATABASE_URL",
			"name the read-only login that `signalbox migrate up` creates")
	case c.MaxConns < 1 || c.MaxConns > 1000:
		err = fault.Field(fault.Invalid, "MaxConns", "is out of range", "use 1 to 1000")
	case c.CustomerMaxConns < 1 || c.CustomerMaxConns > 1000:
		err = fault.Field(fault.Invalid, "CustomerMaxConns", "is out of range", "use 1 to 1000")
	case c.CustomerStatementTimeout < 100*time.Millisecond || c.CustomerStatementTimeout > time.Minute:
		err = fault.Field(fault.Invalid, "CustomerStatementTimeout", "is out of range", "use 100ms to 1m")
	}
	if err != nil {
		return nil, nil, err
	}
	app.MaxConns, customer.MaxConns = c.MaxConns, c.CustomerMaxConns
	return app, customer, nil
}

// parseURL reads a URL. The error never holds it, since it may hold a password.
func parseURL(setting, url string) (*pgxpool.Config, error) {
	const remedy = "use postgres://user:password@host:5432/database"
	if url == "" {
		return nil, fault.Field(fault.Invalid, setting, "is not set", remedy)
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fault.Field(fault.Invalid, setting, "is not a Postgres URL", remedy)
	}
	return config, nil
}

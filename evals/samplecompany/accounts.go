package samplecompany

import (
	"errors"
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"time"
)

// Account is one of Orrinday's own customers, a company.
type Account struct {
	ID              string
	Name            string
	Tier            string // free, starter, business or enterprise
	AnnualValueEuro int64  // 0 or more
	RenewsOn        string // YYYY-MM-DD, "" if it never does
	Country         string // ISO 3166-1 alpha-2
}

// Customer is a person at an account who writes to support.
type Customer struct {
	ID        string
	AccountID string
	Name      string
	Email     string // ends in .example
	Role      string // member or admin
	VIP       bool
	Language  string // en, de or fr
	TimeZone  string // of the IANA database
}

// Account returns the account of this ID.
func (c *Company) Account(id string) (Account, bool) {
	account, found := c.accounts[id]
	return account, found
}

// Customer returns the person of this ID.
func (c *Company) Customer(id string) (Customer, bool) {
	customer, found := c.customers[id]
	return customer, found
}

func (c *Company) readAccounts() error {
	c.accounts = map[string]Account{}
	header := []string{"id", "name", "tier", "annual_value_eur", "renewal_on", "country"}
	return readTable(c.files, "accounts.csv", header, func(row []string) error {
		value, err := strconv.ParseInt(row[3], 10, 64)
		if err != nil || value < 0 {
			return fmt.Errorf("annual_value_eur is %q, want whole euros from 0 on", row[3])
		}
		account := Account{ID: row[0], Name: row[1], Tier: row[2], AnnualValueEuro: value, RenewsOn: row[4], Country: row[5]}
		if err := errors.Join(unique(account.ID, c.accounts), account.validate()); err != nil {
			return err
		}
		c.accounts[account.ID] = account
		c.Accounts = append(c.Accounts, account)
		return nil
	})
}

func (a Account) validate() error {
	if a.Name == "" || len(a.Country) != 2 {
		return errors.New("name or country is missing")
	}
	if _, err := time.Parse(time.DateOnly, a.RenewsOn); err != nil && a.RenewsOn != "" {
		return fmt.Errorf("renewal_on is %q, want YYYY-MM-DD", a.RenewsOn)
	}
	return oneOf("tier", a.Tier, "free", "starter", "business", "enterprise")
}

func (c *Company) readCustomers() error {
	c.customers = map[string]Customer{}
	header := []string{"id", "account_id", "name", "email", "role", "vip", "language", "time_zone"}
	return readTable(c.files, "customers.csv", header, func(row []string) error {
		vip, err := strconv.ParseBool(row[5])
		if err != nil {
			return fmt.Errorf("vip is %q, want true or false", row[5])
		}
		customer := Customer{ID: row[0], AccountID: row[1], Name: row[2], Email: row[3], Role: row[4], VIP: vip, Language: row[6], TimeZone: row[7]}
		if _, known := c.accounts[customer.AccountID]; !known {
			return fmt.Errorf("account_id %q is in no row of accounts.csv", customer.AccountID)
		}
		if err := errors.Join(unique(customer.ID, c.customers), customer.validate()); err != nil {
			return err
		}
		c.customers[customer.ID] = customer
		c.Customers = append(c.Customers, customer)
		return nil
	})
}

func (c Customer) validate() error {
	if _, err := mail.ParseAddress(c.Email); err != nil || !strings.HasSuffix(c.Email, ".example") {
		return fmt.Errorf("email is %q, want an address under .example", c.Email)
	}
	// Whether the zone exists is left to a test: not every machine has the database.
	if area, place, _ := strings.Cut(c.TimeZone, "/"); area == "" || place == "" {
		return fmt.Errorf("time_zone is %q, want a name such as Europe/Berlin", c.TimeZone)
	}
	return errors.Join(
		oneOf("role", c.Role, "member", "admin"),
		oneOf("language", c.Language, "en", "de", "fr"),
	)
}

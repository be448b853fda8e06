package postgres

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// sources makes a site and a helpdesk connection and returns their IDs.
func sources(t *testing.T, db *DB) (site, connection uuid.UUID) {
	t.Helper()
	box := newBox(t)
	made, err := NewSites(db, box).CreateSite(t.Context(), system, "Shop", nil)
	must(t, err)
	helpdesk, _, err := NewConnections(db, box).CreateConnection(t.Context(), system, NewConnection{Kind: "generic", Name: "Desk"})
	must(t, err)
	return made.ID, helpdesk.ID
}

// helpdeskCustomer makes a person whom a helpdesk knows, with a ticket.
func helpdeskCustomer(t *testing.T, db *DB, connection uuid.UUID, email string) uuid.UUID {
	t.Helper()
	id := uuid.New()
	run(t, db.app, `insert into customers (id, name, email) values ($1, 'Known', $2)`, id, email)
	run(t, db.app, `insert into customer_identities (source_id, subject, customer_id) values ($1, $2, $3)`, connection, id.String(), id)
	run(t, db.app, `insert into tickets (id, connection_id, external_id, customer_id, subject) values ($1, $2, $3, $4, 'earlier')`, uuid.New(), connection, id.String(), id)
	return id
}

func identify(t *testing.T, db *DB, site uuid.UUID, claims desk.Claims) desk.Customer {
	t.Helper()
	customer, err := db.CustomerByIdentity(t.Context(), site, claims)
	must(t, err)
	return customer
}

func TestFirstSightMakesOneCustomer(t *testing.T) {
	t.Parallel()
	db := open(t)
	site, _ := sources(t, db)
	var group sync.WaitGroup
	seen := make([]uuid.UUID, 8)
	for i := range seen {
		group.Go(func() {
			customer, err := db.CustomerByIdentity(t.Context(), site, desk.Claims{Subject: "u1", Name: "Ada"})
			if err != nil {
				t.Errorf("identify: %v", err)
			}
			seen[i] = customer.ID
		})
	}
	group.Wait()
	for _, id := range seen {
		if id != seen[0] {
			t.Fatalf("one subject became %v, want one customer", seen)
		}
	}
	if other := identify(t, db, site, desk.Claims{Subject: "u2"}); other.ID == seen[0] {
		t.Error("another subject is the same customer")
	}
	changed := identify(t, db, site, desk.Claims{Subject: "u1", Name: "Ada L.", Language: "en", Email: "ada@example.com"})
	if changed.ID != seen[0] || changed.Name != "Ada L." || changed.Language != "en" || changed.Email != "ada@example.com" || changed.EmailVerified {
		t.Errorf("after a new token the customer is %+v", changed)
	}
}

func TestOnlyAVerifiedAddressLinksEarlierTickets(t *testing.T) {
	t.Parallel()
	db := open(t)
	site, connection := sources(t, db)
	known := helpdeskCustomer(t, db, connection, "Ada@Example.com")
	claimed := identify(t, db, site, desk.Claims{Subject: "thief", Email: "ada@example.com"})
	if claimed.ID == known {
		t.Fatal("an unverified address was linked")
	}
	verified := identify(t, db, site, desk.Claims{Subject: "ada", Email: "ada@example.com", EmailVerified: true})
	if verified.ID != known || !verified.EmailVerified {
		t.Fatalf("a verified address gave %+v, want the known customer %s", verified, known)
	}
	second := identify(t, db, site, desk.Claims{Subject: "namesake", Email: "ada@example.com", EmailVerified: true})
	if second.ID == known {
		t.Error("a second subject of the site was linked to the same person")
	}
	if again := identify(t, db, site, desk.Claims{Subject: "thief", Email: "ada@example.com"}); again.ID == known {
		t.Error("the unverified claim was linked the second time")
	}
}

func TestAVerifiedAddressTakesWhatTheSiteHadAlong(t *testing.T) {
	t.Parallel()
	db := open(t)
	site, connection := sources(t, db)
	before := identify(t, db, site, desk.Claims{Subject: "ada", Email: "ada@example.com", EmailVerified: true})
	form := uuid.New()
	run(t, db.app, `insert into tickets (id, site_id, external_id, customer_id, subject) values ($1, $2, 'form', $3, 'by form')`, form, site, before.ID)
	known := helpdeskCustomer(t, db, connection, "ada@example.com")
	after := identify(t, db, site, desk.Claims{Subject: "ada", Email: "ada@example.com", EmailVerified: true})
	if after.ID != known {
		t.Fatalf("the customer is %s, want the one that the helpdesk knows, %s", after.ID, known)
	}
	tickets, _, err := db.CustomerReads().OwnTickets(t.Context(), known, 10, "")
	must(t, err)
	if len(tickets) != 2 {
		t.Errorf("%d tickets, want the form's and the helpdesk's", len(tickets))
	}
	if _, err := db.Customer(t.Context(), before.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("the merged customer: %v, want NotFound", err)
	}
}

func TestAnUnverifiedClaimNeverMovesAnAddress(t *testing.T) {
	t.Parallel()
	db := open(t)
	site, connection := sources(t, db)
	known := helpdeskCustomer(t, db, connection, "")
	run(t, db.app, `insert into customer_identities (source_id, subject, customer_id) values ($1, 'mallory', $2)`, site, known)
	for _, claims := range []desk.Claims{
		{Subject: "mallory", Email: "victim@example.com"},
		{Subject: "mallory", Email: "mallory@example.com", EmailVerified: true},
		{Subject: "mallory", Email: "victim@example.com"},
	} {
		if customer := identify(t, db, site, claims); customer.ID != known || customer.Email == "victim@example.com" {
			t.Errorf("claims %+v gave %+v, want the address unmoved", claims, customer)
		}
	}
	if victim := identify(t, db, site, desk.Claims{Subject: "victim", Email: "victim@example.com", EmailVerified: true}); victim.ID == known {
		t.Error("the victim was linked to who claimed the address")
	}
}

func TestErasedPeopleComeBackAsSomebodyNew(t *testing.T) {
	t.Parallel()
	db := open(t)
	site, connection := sources(t, db)
	known := helpdeskCustomer(t, db, connection, "ada@example.com")
	claims := desk.Claims{Subject: "ada", Email: "ada@example.com", EmailVerified: true}
	identify(t, db, site, claims)
	_, err := db.EraseCustomer(t.Context(), system, known)
	must(t, err)
	if back := identify(t, db, site, claims); back.ID == known {
		t.Error("the erased customer was revived")
	}
}

func TestClaimsThatCannotBeStored(t *testing.T) {
	t.Parallel()
	db := open(t)
	for field, claims := range map[string]desk.Claims{
		"sub": {}, "name": {Subject: "a", Name: "x\x00"}, "email": {Subject: "a", Email: strings.Repeat("x", 300)}, "locale": {Subject: "a", Language: "\xff"},
	} {
		if _, err := db.CustomerByIdentity(t.Context(), uuid.New(), claims); err == nil || fault.Safe(err).Field != field {
			t.Errorf("error %v, want one about %s", err, field)
		}
	}
}

func TestMembershipDecidesWhatAnAdminSees(t *testing.T) {
	t.Parallel()
	db := open(t)
	site, _ := sources(t, db)
	account, err := db.UpsertAccount(t.Context(), desk.IncomingAccount{ExternalID: "a1", Name: "A"})
	must(t, err)
	again, err := db.UpsertAccount(t.Context(), desk.IncomingAccount{ExternalID: "a1", Name: "A Ltd", AnnualValueCents: 500})
	if must(t, err); again.ID != account.ID || again.Name != "A Ltd" || again.AnnualValueCents != 500 {
		t.Errorf("written again it is %+v, want the same account changed", again)
	}
	person := identify(t, db, site, desk.Claims{Subject: "boss"})
	changed, err := db.SetMembership(t.Context(), system, person.ID, Membership{AccountID: account.ID, Role: "admin", VIP: true})
	if must(t, err); changed.Role != "admin" || !changed.VIP || *changed.AccountID != account.ID {
		t.Errorf("the membership is %+v", changed)
	}
	run(t, db.app, `insert into tickets (id, external_id, account_id) values (gen_random_uuid(), 'x', $1)`, account.ID)
	if tickets, _, err := db.CustomerReads().OwnTickets(t.Context(), person.ID, 10, ""); err != nil || len(tickets) != 1 {
		t.Errorf("the admin sees %d tickets, %v; want the account's", len(tickets), err)
	}
	for name, membership := range map[string]Membership{"role": {Role: "owner"}, "account_id": {Role: "admin"}} {
		if _, err := db.SetMembership(t.Context(), system, person.ID, membership); err == nil || fault.Safe(err).Field != name {
			t.Errorf("error %v, want one about %s", err, name)
		}
	}
	if _, err := db.UpsertAccount(t.Context(), desk.IncomingAccount{}); !fault.Is(err, fault.Unprocessable) {
		t.Errorf("an account without ID: %v, want Unprocessable", err)
	}
}

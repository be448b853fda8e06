package helpdesk

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"time"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// Window is how far a signed timestamp may lie from now, in either direction.
const Window = 5 * time.Minute

// protocol is what one helpdesk's file offers.
type protocol struct {
	// verify returns an Unauthenticated fault unless a live secret signed the request.
	verify func(request Request, secrets [][]byte) error
	// parse reads a verified body. An error marks the event as poison.
	parse func(request Request) (desk.Incoming, error)
}

var protocols = map[string]protocol{
	"generic": {verifyGeneric, parseGeneric},
	"zendesk": {verifyZendesk, parseZendesk},
}

// Kinds lists the helpdesks that can be connected, sorted.
func Kinds() []string {
	kinds := make([]string, 0, len(protocols))
	for kind := range protocols {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}

// Request is a hook's request as it came.
type Request struct {
	Header     http.Header
	Body       []byte
	ReceivedAt time.Time
	// Authenticated says that an API key of this very connection came with it: for
	// helpdesks that cannot sign. Kinds that sign are verified all the same.
	Authenticated bool
}

// Receive verifies and reads one event. The error of a verified event that cannot
// be read is returned beside an Incoming that is marked Poison: store the event,
// then answer with the error.
func Receive(connection desk.Connection, request Request) (desk.Incoming, error) {
	protocol, known := protocols[connection.Kind]
	if !known || connection.Disabled {
		return desk.Incoming{}, fault.New(fault.NotFound, "no such connection")
	}
	if err := protocol.verify(request, connection.Secrets); err != nil {
		return desk.Incoming{}, err
	}
	incoming, err := protocol.parse(request)
	if incoming.DeliveryKey == "" || err != nil {
		sum := sha256.Sum256(request.Body)
		incoming.DeliveryKey = "sha256:" + hex.EncodeToString(sum[:])
	}
	if incoming.Message.AuthorKind == "" { // a ticket whose subject is all there is comes from its customer
		incoming.Message.AuthorKind, incoming.Message.Audience = desk.ByCustomer, desk.Public
	}
	if err == nil {
		err = incoming.Validate()
	}
	if err != nil {
		incoming = desk.Incoming{DeliveryKey: incoming.DeliveryKey, Poison: fault.Safe(err).Error()}
	}
	incoming.ConnectionID = connection.ID
	incoming.Raw, incoming.ContentType = request.Body, request.Header.Get("Content-Type")
	if connection.RestrictionGroup != "" {
		incoming.RestrictionGroup = connection.RestrictionGroup
	}
	return incoming, err
}

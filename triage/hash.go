package triage

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"time"

	"github.com/signalbox/signalbox/desk"
)

// inputHashVersion changes when what is hashed does.
const inputHashVersion = 3

// canonicalHash feeds everything that a decision depends on into a hash, each
// part after its length.
type canonicalHash struct {
	sum hash.Hash
	buf []byte
}

// hashInput is HMAC-SHA256 of the input in canonical form. Without the key it
// cannot be told whether two decisions are about the same text.
func hashInput(key []byte, input Input) []byte {
	h := canonicalHash{sum: hmac.New(sha256.New, key), buf: make([]byte, 0, blockBytes/2)}
	h.number(inputHashVersion)
	h.bytes(input.Ticket.ID[:])
	h.text(input.Ticket.Subject)
	h.messages(input.Messages)
	h.customer(input.Customer)
	h.account(input.Account)
	h.number(int64(input.RecentTickets))
	h.flag(input.IncidentOpen)
	h.number(int64(input.OutageReports))
	h.instant(input.Now)
	h.surroundings(input)
	h.flush(0)
	return h.sum.Sum(nil)
}

// keyName tells one hash key from another and says nothing else about it; "" without one.
func keyName(key []byte) string {
	if len(key) == 0 {
		return ""
	}
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte("name of the key"))
	return hex.EncodeToString(sum.Sum(nil)[:4])
}

// surroundings are what stands around the ticket as it is decided.
func (h *canonicalHash) surroundings(input Input) {
	h.text(input.Ticket.Channel)
	h.text(string(input.StatusBefore))
	h.text(input.Monitored)
	h.flag(input.Assigned)
	h.number(int64(len(input.Load)))
	for _, route := range sortedKeys(input.Load) {
		h.text(route)
		h.number(int64(input.Load[route]))
	}
	h.number(int64(len(input.Edits)))
	for _, field := range sortedKeys(input.Edits) {
		h.text(field)
		h.text(input.Edits[field])
	}
	h.flag(input.Previous != nil)
	if input.Previous != nil {
		h.number(int64(input.Previous.Priority))
		h.text(input.Previous.Route)
	}
	h.number(int64(len(input.Quiet)))
	for _, id := range input.Quiet {
		h.bytes(id[:])
	}
	h.flag(input.Merged)
}

func (h *canonicalHash) messages(messages []desk.Message) {
	public := 0
	for _, message := range messages {
		if message.Audience != desk.Public {
			continue
		}
		public++
		h.bytes(message.ID[:])
		h.number(int64(message.Sequence))
		h.text(string(message.AuthorKind))
		h.text(message.Body)
	}
	h.number(int64(public))
}

func (h *canonicalHash) customer(customer *desk.Customer) {
	h.flag(customer != nil)
	if customer == nil {
		return
	}
	h.text(customer.Role)
	h.flag(customer.VIP)
	h.text(customer.Language)
}

func (h *canonicalHash) account(account *desk.Account) {
	h.flag(account != nil)
	if account == nil {
		return
	}
	h.text(account.Tier)
	h.number(account.AnnualValueCents)
	h.flag(account.RenewsOn != nil)
	if account.RenewsOn != nil {
		h.instant(*account.RenewsOn)
	}
}

// blockBytes are fed at a time: each call of the hash costs more than some bytes.
const blockBytes = 4 << 10

func (h *canonicalHash) text(text string) {
	h.number(int64(len(text)))
	for len(text) > 0 {
		n := min(len(text), blockBytes)
		h.buf = append(h.buf, text[:n]...)
		h.flush(blockBytes)
		text = text[n:]
	}
}

func (h *canonicalHash) bytes(raw []byte) {
	h.number(int64(len(raw)))
	h.buf = append(h.buf, raw...)
}

func (h *canonicalHash) number(n int64) {
	h.buf = binary.BigEndian.AppendUint64(h.buf, uint64(n))
	h.flush(blockBytes)
}

// flush feeds what has come together if it is so much.
func (h *canonicalHash) flush(least int) {
	if len(h.buf) >= least {
		h.sum.Write(h.buf)
		h.buf = h.buf[:0]
	}
}

func (h *canonicalHash) flag(set bool) {
	if set {
		h.number(1)
		return
	}
	h.number(0)
}

// instant has microseconds, which is what the store keeps.
func (h *canonicalHash) instant(t time.Time) { h.number(t.UTC().UnixMicro()) }

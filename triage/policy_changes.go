package triage

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

// PolicyChange is one place where two policies differ, as a path such as
// fields.route.threshold. An empty side had nothing there.
type PolicyChange struct {
	Path string `json:"path"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// PolicyVersion is a policy that was in force, with who put it there.
type PolicyVersion struct {
	Version int64          `json:"version"`
	At      time.Time      `json:"at"`
	Actor   desk.ActorKind `json:"actor,omitempty"` // empty before this was recorded
	ActorID *uuid.UUID     `json:"actor_id,omitempty"`
	Action  string         `json:"action"` // policy.put, policy.rollback, policy.demote, setting.put
	Reason  string         `json:"reason,omitempty"`
	Changes []PolicyChange `json:"changes"` // from the version before
}

// ChangesTo lists in the order of paths where another policy differs. Versions are
// no difference.
func (p Policy) ChangesTo(other Policy) []PolicyChange {
	before, after := p.flat(), other.flat()
	paths := map[string]bool{}
	for _, side := range []map[string]string{before, after} {
		for path := range side {
			paths[path] = true
		}
	}
	changes := []PolicyChange{}
	for _, path := range sortedKeys(paths) {
		if before[path] != after[path] {
			changes = append(changes, PolicyChange{path, before[path], after[path]})
		}
	}
	return changes
}

// flat is the policy as JSON has it, a line for each value.
func (p Policy) flat() map[string]string {
	p.Version = 0
	lines := map[string]string{}
	text, err := json.Marshal(p)
	var tree any
	if err != nil || json.Unmarshal(text, &tree) != nil {
		return lines // a policy always is JSON
	}
	flatten("", tree, lines)
	delete(lines, "version")
	return lines
}

func flatten(path string, value any, into map[string]string) {
	switch value := value.(type) {
	case map[string]any:
		for key, part := range value {
			if path != "" {
				key = path + "." + key
			}
			flatten(key, part, into)
		}
	case []any:
		for i, part := range value {
			flatten(fmt.Sprintf("%s[%d]", path, i), part, into)
		}
	case nil:
	default:
		into[path] = fmt.Sprint(value)
	}
}

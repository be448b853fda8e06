package main

import (
	"strings"
	"testing"
)

func TestKeysConnectionsAndSites(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var key struct{ ID, Key string }
	s.run("key", "add", "--name", "sidebar", "--group", "finance", "--days", "3", "--json").wants(t, exitOK).decode(t, &key)
	if !strings.HasPrefix(key.Key, "sbx_") {
		t.Errorf("the key is %q", key.Key)
	}
	listed := s.run("key", "list").wants(t, exitOK, key.ID, "sidebar", "finance")
	if strings.Contains(listed.stdout, key.Key) {
		t.Error("key list shows the key")
	}
	server := serve(t, s.variables)
	server.get(t, "/v1/tickets", bearing(key.Key)).wants(t, 200)
	s.run("key", "revoke", key.ID).wants(t, exitOK)
	server.get(t, "/v1/tickets", bearing(key.Key)).wants(t, 401)

	id, secret := s.connect()
	listed = s.run("connection", "list").wants(t, exitOK, id, "generic", "Desk")
	if strings.Contains(listed.stdout, secret) {
		t.Error("connection list shows the secret")
	}
	server.hook(t, id, secret, eventOf("cli-1", "Hello", "Hello there")).wants(t, 202)
	s.run("connection", "disable", id).wants(t, exitOK)
	if refused := server.hook(t, id, secret, eventOf("cli-2", "Hello", "Hello there")); refused.status < 400 || refused.status >= 500 {
		t.Errorf("a disabled connection answers %d", refused.status)
	}
	var site struct {
		ID  string `json:"id"`
		Key string `json:"publishable_key"`
	}
	s.run("site", "add", "--name", "Help", "--origin", "https://help.example.com", "--json").wants(t, exitOK).decode(t, &site)
	s.run("site", "sign", site.ID).wants(t, exitOK, "kid", "HS256", "secret")
	pem := s.file("key.pem", "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n")
	if signed := s.run("site", "sign", site.ID, "--public-key", pem).wants(t, exitOK, "EdDSA"); strings.Contains(signed.stdout, "secret") {
		t.Errorf("a public key got a secret:\n%s", signed.stdout)
	}
}

// Package outbound is the one HTTP client for the outside. It checks the address
// that a name resolves to at the moment of connecting, so that neither a redirect
// nor a changed name can lead into a private network: private addresses are
// reached only on hosts that the owner listed.
package outbound

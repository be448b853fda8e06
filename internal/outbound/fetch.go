package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/temoto/robotstxt"
)

// What fetching a page can end with, besides what the network says.
var (
	ErrGone     = errors.New("is gone: its server answers 404 or 410")
	ErrRobots   = errors.New("is closed to robots by its site's robots.txt")
	ErrTooLarge = errors.New("is larger than is read")
	ErrAddress  = errors.New("is no address: use http:// or https:// without a password in it")
)

// FetchConfig of a fetcher. Zero values mean the defaults.
type FetchConfig struct {
	PrivateHosts []string      // as in Config
	MaximumBytes int64         // of one page, 50 MB
	Timeout      time.Duration // of one page with its redirects, 30 s
}

// Fetcher reads pages of other people's sites: politely, and never from a private
// address. It is safe for concurrent use.
type Fetcher struct {
	client  *http.Client
	pages   *http.Client // asks robots.txt before each redirect
	maximum int64
	mutex   sync.Mutex
	sites   map[string]*site
}

// site is what is known of one host.
type site struct {
	asking sync.Mutex
	robots *robotstxt.RobotsData
	err    error
	fresh  time.Time // until when robots and err hold
	turn   sync.Mutex
	next   time.Time // when the site may be asked again
}

const (
	robotName     = "Signalbox"
	userAgent     = "Signalbox (knowledge base import)"
	maximumRobots = 512 << 10
	longestDelay  = 5 * time.Second // of a site's crawl-delay
)

// Page is what an address answered.
type Page struct {
	Address      *url.URL // after redirects
	ContentType  string
	Data         []byte
	ETag         string
	LastModified string
	NotModified  bool // nothing else is set but Address
}

// NewFetcher returns a fetcher.
func NewFetcher(config FetchConfig) *Fetcher {
	if config.MaximumBytes == 0 {
		config.MaximumBytes = 50 << 20
	}
	if config.Timeout == 0 {
		config.Timeout = 30 * time.Second
	}
	fetcher := &Fetcher{
		client:  New(Config{PrivateHosts: config.PrivateHosts, Timeout: config.Timeout, HeaderTimeout: config.Timeout}),
		maximum: config.MaximumBytes, sites: map[string]*site{},
	}
	pages := *fetcher.client
	pages.CheckRedirect = func(next *http.Request, before []*http.Request) error {
		if err := checkRedirect(next, before); err != nil {
			return err
		}
		if err := checkAddress(next.URL); err != nil {
			return err
		}
		return fetcher.allowed(next.Context(), next.URL)
	}
	fetcher.pages = &pages
	return fetcher
}

// Get reads a page, unless it is still the one that etag or lastModified stand for.
func (f *Fetcher) Get(ctx context.Context, address, etag, lastModified string) (Page, error) {
	target, err := url.Parse(address)
	if err != nil || checkAddress(target) != nil {
		return Page{}, ErrAddress
	}
	if err := f.allowed(ctx, target); err != nil {
		return Page{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return Page{}, ErrAddress
	}
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set("Accept", "text/html, text/markdown, text/plain, application/pdf, text/csv, application/json, application/zip;q=0.9, */*;q=0.1")
	if etag != "" {
		request.Header.Set("If-None-Match", etag)
	}
	if lastModified != "" {
		request.Header.Set("If-Modified-Since", lastModified)
	}
	response, err := f.pages.Do(request)
	if err != nil {
		return Page{}, unreached(err)
	}
	defer func() { _ = response.Body.Close() }()
	return f.read(response, etag != "" || lastModified != "")
}

func (f *Fetcher) read(response *http.Response, conditional bool) (Page, error) {
	page := Page{Address: response.Request.URL}
	switch {
	case response.StatusCode == http.StatusNotModified && conditional:
		page.NotModified = true
		return page, nil
	case response.StatusCode == http.StatusNotFound, response.StatusCode == http.StatusGone:
		return page, ErrGone
	case response.StatusCode != http.StatusOK:
		return page, fmt.Errorf("cannot be fetched: its server answers %d", response.StatusCode)
	case response.ContentLength > f.maximum:
		return page, ErrTooLarge
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, f.maximum+1))
	switch {
	case err != nil:
		return page, unreached(err)
	case int64(len(data)) > f.maximum:
		return page, ErrTooLarge
	}
	page.ContentType, page.Data = response.Header.Get("Content-Type"), data
	page.ETag, page.LastModified = short(response.Header.Get("ETag")), short(response.Header.Get("Last-Modified"))
	return page, nil
}

// short drops what is too long to keep.
func short(header string) string {
	if len(header) > 500 {
		return ""
	}
	return header
}

// allowed asks the site's robots.txt, once a day, and waits for the site's turn.
func (f *Fetcher) allowed(ctx context.Context, address *url.URL) error {
	f.mutex.Lock()
	key := address.Scheme + "://" + address.Host
	host := f.sites[key]
	if host == nil {
		host = &site{}
		f.sites[key] = host
	}
	f.mutex.Unlock()
	robots, err := f.robots(ctx, host, key)
	if err != nil {
		return err
	}
	group := robots.FindGroup(robotName)
	if !group.Test(address.EscapedPath()) {
		return ErrRobots
	}
	return host.wait(ctx, min(group.CrawlDelay, longestDelay))
}

// wait keeps a site's crawl-delay.
func (s *site) wait(ctx context.Context, delay time.Duration) error {
	if delay <= 0 {
		return nil
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	timer := time.NewTimer(time.Until(s.next))
	defer timer.Stop()
	select {
	case <-timer.C:
		s.next = time.Now().Add(delay)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// How long an answer of robots.txt holds; that it could not be read holds shortly.
const robotsHold, failureHolds = 24 * time.Hour, time.Minute

// robots is what a site's robots.txt said lately.
func (f *Fetcher) robots(ctx context.Context, host *site, root string) (*robotstxt.RobotsData, error) {
	host.asking.Lock()
	defer host.asking.Unlock()
	if time.Now().Before(host.fresh) {
		return host.robots, host.err
	}
	robots, err := f.robotsOf(ctx, root)
	if ctx.Err() != nil {
		return nil, err // it says nothing about the site
	}
	host.robots, host.err, host.fresh = robots, err, time.Now().Add(robotsHold)
	if err != nil {
		host.fresh = time.Now().Add(failureHolds)
	}
	return robots, err
}

// robotsOf reads a site's robots.txt. Without one everything is open; while the site
// fails to answer, nothing is (RFC 9309).
func (f *Fetcher) robotsOf(ctx context.Context, root string) (*robotstxt.RobotsData, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, root+"/robots.txt", nil)
	if err != nil {
		return nil, ErrAddress
	}
	request.Header.Set("User-Agent", userAgent)
	response, err := f.client.Do(request)
	if err != nil {
		return nil, unreached(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, maximumRobots))
	if err != nil {
		return nil, unreached(err)
	}
	robots, err := robotstxt.FromStatusAndBytes(response.StatusCode, text)
	if err != nil {
		return nil, ErrRobots
	}
	return robots, nil
}

func checkAddress(address *url.URL) error {
	if address.Scheme != "http" && address.Scheme != "https" || address.Hostname() == "" || address.User != nil {
		return ErrAddress
	}
	return nil
}

// unreached says what went wrong without the address, which a list names already.
func unreached(err error) error {
	for _, known := range []error{ErrPrivate, ErrRobots, ErrAddress, context.Canceled} {
		if errors.Is(err, known) {
			return known
		}
	}
	var slow interface{ Timeout() bool }
	if errors.As(err, &slow) && slow.Timeout() {
		return errors.New("cannot be fetched: its server is too slow")
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return fmt.Errorf("cannot be fetched: %w", err)
}

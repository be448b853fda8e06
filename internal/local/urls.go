package local

import (
	"errors"
	"net/url"
	"strconv"
)

// Superuser is the login that owns a private cluster. Nothing but setting up
// databases uses it.
const Superuser = "signalbox"

// URLs are the addresses of one database and of Redis. Those of Postgres suit
// pgx, database/sql and psql.
type URLs struct {
	Admin    string // the superuser
	Migrate  string // the owner of the database
	App      string // DATABASE_URL
	Customer string // DATABASE_URL_CUSTOMER
	// Redis is in the form of go-redis ("unix:///path?db=0"), or empty if Redis
	// is not wanted. AsynqURI gives asynq's form.
	Redis string
}

// url names a database of the server for one login.
func (server postgres) url(database, login string) string {
	values := url.Values{}
	values.Set("host", server.home.sockets)
	values.Set("port", strconv.Itoa(server.port()))
	values.Set("user", login)
	location := url.URL{Scheme: "postgres", Path: "/" + database, RawQuery: values.Encode()}
	return location.String()
}

// AdminURL is the superuser's address of a database. "postgres" always exists.
// It is empty if Postgres was not wanted.
func (servers *Servers) AdminURL(database string) string {
	if servers.postgres == nil {
		return ""
	}
	return servers.postgres.url(database, Superuser)
}

// RedisURL is the address of a numbered database, 0 to 511, in the form that
// go-redis' ParseURL reads. It is empty if Redis was not wanted.
func (servers *Servers) RedisURL(database int) string {
	if servers.redis == nil {
		return ""
	}
	return servers.redis.url(database)
}

// PostgresMajor is the server's major version, and 0 if Postgres was not wanted.
func (servers *Servers) PostgresMajor() int {
	if servers.postgres == nil {
		return 0
	}
	return servers.postgres.major
}

// RedisPID is the process number of Redis, and 0 if it does not run.
func (servers *Servers) RedisPID() int {
	if servers.redis == nil || !servers.redis.running() {
		return 0
	}
	return readPID(servers.redis.pidFile())
}

// AsynqURI turns a Redis URL into what asynq.ParseRedisURI reads. Both
// libraries agree on redis:// and rediss://, but asynq calls a unix socket
// redis-socket:// where go-redis says unix://.
func AsynqURI(redisURL string) (string, error) {
	location, err := url.Parse(redisURL)
	if err != nil {
		return "", errors.New("the Redis URL is malformed: use redis://host:6379/0 or unix:///path?db=0")
	}
	if location.Scheme == "unix" {
		location.Scheme = "redis-socket"
	}
	return location.String(), nil
}

// DatabaseURLs puts a database and the logins into the superuser's address, with
// the superuser's password if it has one. It sets no address of Redis.
func DatabaseURLs(adminURL, database string) (URLs, error) {
	location, err := url.Parse(adminURL)
	if err != nil || (location.Scheme != "postgres" && location.Scheme != "postgresql") {
		return URLs{}, errors.New("the superuser's address is not a URL: use postgres://user@host/database")
	}
	as := func(login string) string {
		mine, values := *location, location.Query()
		mine.Path = "/" + database
		switch password, hasPassword := location.User.Password(); {
		case login == "":
		case values.Has("user"):
			values.Set("user", login)
		case hasPassword:
			mine.User = url.UserPassword(login, password)
		default:
			mine.User = url.User(login)
		}
		mine.RawQuery = values.Encode()
		return mine.String()
	}
	return URLs{Admin: as(""), Migrate: as(MigrateRole), App: as(AppRole), Customer: as(CustomerRole)}, nil
}

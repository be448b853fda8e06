package postgres

import (
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// Setting is one of the owner's settings, such as intents or thresholds.
type Setting struct {
	Name      string          `json:"name"`
	Value     json.RawMessage `json:"value"`
	Version   int64           `json:"version"` // 1, 2, 3 …
	UpdatedAt time.Time       `json:"updated_at"`
}

// maxSettingBytes bounds a setting: a taxonomy of hundreds of intents fits.
const maxSettingBytes = 1 << 20

var settingPattern = regexp.MustCompile(`^[a-z][a-z0-9_.]{0,63}$`)

const selectSetting = `select name, value, version, updated_at from settings where name = $1`

// Setting returns the setting of this name, NotFound if it was never put.
func (db *DB) Setting(ctx context.Context, name string) (Setting, error) {
	if !settingPattern.MatchString(name) {
		return Setting{}, fault.New(fault.NotFound, "no such setting")
	}
	setting, err := one[Setting](db.app.Query(ctx, selectSetting, name))
	return setting, failure(err, "read setting %s", name)
}

const selectSettings = `select name, value, version, updated_at from settings order by name`

// ListSettings lists every setting by name.
func (db *DB) ListSettings(ctx context.Context) ([]Setting, error) {
	settings, err := many[Setting](db.app.Query(ctx, selectSettings))
	return settings, failure(err, "list settings")
}

const insertSetting = `
with put as (
  insert into settings (name, value) values ($1, $2)
  on conflict (name) do nothing returning name, value, version, updated_at),
kept as (insert into setting_versions (name, version, value) select name, version, value from put)
select name, value, version, updated_at from put`

const updateSetting = `
with put as (
  update settings set value = $2, version = version + 1, updated_at = now()
  where name = $1 and version = $3 returning name, value, version, updated_at),
kept as (insert into setting_versions (name, version, value) select name, version, value from put)
select name, value, version, updated_at from put`

const selectSettingVersion = `
select name, value, version, created_at as updated_at from setting_versions where name = $1 and version = $2`

// SettingVersion returns a setting as it was in a version, NotFound if it never had it.
func (db *DB) SettingVersion(ctx context.Context, name string, version int64) (Setting, error) {
	setting, err := one[Setting](db.app.Query(ctx, selectSettingVersion, name, version))
	return setting, failure(err, "read version %d of setting %s", version, name)
}

// PutSetting writes a setting if it still has the version that was read (0: it
// was not there). If somebody else was first, it is a Conflict.
func (db *DB) PutSetting(ctx context.Context, actor desk.Actor, name string, value json.RawMessage, version int64) (Setting, error) {
	return db.putSetting(ctx, actor, name, value, version, "setting.put", nil)
}

// putSetting is PutSetting with the action and the details that the audit log keeps.
func (db *DB) putSetting(ctx context.Context, actor desk.Actor, name string, value json.RawMessage, version int64,
	action string, details map[string]any) (Setting, error) {
	switch {
	case !settingPattern.MatchString(name):
		return Setting{}, fault.Field(fault.Unprocessable, "name", "is not a setting's name", "use small letters, digits, _ and .")
	case len(value) > maxSettingBytes || !json.Valid(value):
		return Setting{}, fault.Field(fault.Unprocessable, "value", "is not JSON, or above 1 MiB", "send JSON")
	case version < 0:
		return Setting{}, fault.Field(fault.Unprocessable, "version", "is negative", "send the version that you read, 0 for a new setting")
	}
	var setting Setting
	err := db.changing(ctx, actor, func(tx pgx.Tx) (done change, err error) {
		if version == 0 {
			setting, err = one[Setting](tx.Query(ctx, insertSetting, name, value))
		} else {
			setting, err = one[Setting](tx.Query(ctx, updateSetting, name, value, version))
		}
		if fault.Is(failure(err, ""), fault.NotFound) {
			return change{}, fault.New(fault.Conflict, "the setting was changed by somebody else; read it and try again")
		}
		logged := map[string]any{"name": name, "version": setting.Version}
		maps.Copy(logged, details)
		return change{action, "setting", uuid.Nil, logged}, err
	})
	return setting, failure(err, "put setting %s", name)
}

package triage

// ReviewPolicy bounds what people are asked to look at so that the service can be judged.
type ReviewPolicy struct {
	// MinutesADay is the most that the blind sample takes of people's time, 0–480; with 0
	// none is drawn, and no field can be shown to hold its target.
	MinutesADay float64 `json:"minutes_a_day" yaml:"minutes_a_day"`
	// SecondsEach is how long one answer takes, 1–3600: with it the sample is sized.
	SecondsEach float64 `json:"seconds_each" yaml:"seconds_each"`
	// CheckDays is how often the answers are counted and a field that fails is demoted, 1–30.
	CheckDays int `json:"check_days" yaml:"check_days"`
}

func defaultReview() ReviewPolicy {
	return ReviewPolicy{MinutesADay: 15, SecondsEach: 30, CheckDays: 7}
}

func (r ReviewPolicy) validate() error {
	switch {
	case !(r.MinutesADay >= 0 && r.MinutesADay <= 480):
		return invalidPolicy("review.minutes_a_day", "is out of range", "use 0 to 480")
	case !(r.SecondsEach >= 1 && r.SecondsEach <= 3600):
		return invalidPolicy("review.seconds_each", "is out of range", "use 1 to 3600")
	case r.CheckDays < 1 || r.CheckDays > 30:
		return invalidPolicy("review.check_days", "is out of range", "use 1 to 30")
	}
	return nil
}

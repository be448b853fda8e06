package triage

// The values of the fields that are not the owner's to name.
const (
	KindBreakFix = "break_fix"
	KindAdvisory = "advisory"

	UrgencyCritical = "critical"
	UrgencyHigh     = "high"
	UrgencyNormal   = "normal"
	UrgencyLow      = "low"

	ImpactCompany   = "company"
	ImpactTeam      = "team"
	ImpactOnePerson = "one_person"
	ImpactUnknown   = "unknown"

	SentimentPositive = "positive"
	SentimentNeutral  = "neutral"
	SentimentNegative = "negative"
	SentimentAngry    = "angry"

	SensitiveLegal          = "legal"
	SensitiveSecurityReport = "security_report"
	SensitiveSelfHarm       = "self_harm"
	SensitivePress          = "press"
	SensitiveDataProtection = "data_protection"

	BandUrgent = "urgent"
	BandHigh   = "high"
	BandNormal = "normal"
	BandLow    = "low"
)

// learnedFields are trained from labels, in the order in which they are trained:
// the route comes last since it reads the others.
var learnedFields = []string{FieldIntent, FieldKind, FieldUrgency, FieldImpact, FieldSentiment, FieldSensitive, FieldRoute}

// fixedValues lists what a label of a field may be. Intents and routes come
// from the taxonomy instead.
var fixedValues = map[string][]string{
	FieldKind:      {KindBreakFix, KindAdvisory},
	FieldUrgency:   {UrgencyCritical, UrgencyHigh, UrgencyNormal, UrgencyLow},
	FieldImpact:    {ImpactCompany, ImpactTeam, ImpactOnePerson, ImpactUnknown},
	FieldSentiment: {SentimentPositive, SentimentNeutral, SentimentNegative, SentimentAngry},
	FieldSensitive: {"", SensitiveLegal, SensitiveSecurityReport, SensitiveSelfHarm, SensitivePress, SensitiveDataProtection},
}

// The reasons why a field or a decision is not acted upon.
const (
	ReasonBelowThreshold      = "below_threshold"
	ReasonUncalibrated        = "uncalibrated"
	ReasonNotTrained          = "not_trained"
	ReasonUnsure              = "unsure"
	ReasonAmbiguous           = "ambiguous"
	ReasonOutOfScope          = "out_of_scope"
	ReasonUnsupportedLanguage = "unsupported_language"
	ReasonTooShort            = "too_short"
	ReasonSensitive           = "sensitive"
	ReasonConflict            = "conflict"
	ReasonSuggestOnly         = "suggest_only"
	ReasonOff                 = "off"
)

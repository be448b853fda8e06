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

	SeverityA = "A" // work of several people has stopped
	SeverityB = "B" // somebody is blocked, or it cannot wait a day
	SeverityC = "C"

	ActNewProblem      = "new_problem"
	ActMoreInformation = "more_information"
	ActStillBroken     = "still_broken"
	ActWorse           = "worse"
	ActThanks          = "thanks"
	ActAutoReply       = "auto_reply"
	ActCancel          = "cancel"

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
	ReasonIntentNotReady      = "intent_not_ready" // the field acts alone, but not yet for this intent
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
	ReasonSetByPerson         = "set_by_person"
	ReasonAssigned            = "assigned"
)

// What a decision can propose.
const (
	ProposeSplit          = "split"           // the message is another matter: a ticket of its own
	ProposeLink           = "link"            // a solved ticket, but another product, version or error: a new linked ticket
	ProposeReopen         = "reopen"          // a solved ticket comes back
	ProposeSolve          = "solve"           // the customer says that it is done, or withdraws
	ProposeReroute        = "reroute"         // another team would fit better; Value is its route
	ProposeNotifyAssignee = "notify_assignee" // the priority of an assigned ticket rose
)

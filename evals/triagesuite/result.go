package triagesuite

import (
	"time"

	"github.com/signalbox/signalbox/evals"
)

// Result is what a run measured. Its JSON keys are fixed: docs/reference/eval.md
// lists them. The figures at the top are those of the first label column, except
// for seconds, microseconds and bytes, which are those of all columns together.
type Result struct {
	Suite     string    `json:"suite"`
	Name      string    `json:"name"`
	Version   string    `json:"version"`
	CreatedAt time.Time `json:"created_at"`

	FieldResult
	TrainSeconds        float64 `json:"train_seconds"`
	MicrosecondsPerText float64 `json:"microseconds_per_text"`
	ModelBytes          int     `json:"model_bytes"`

	Fields map[string]FieldResult `json:"fields"`

	Mode      string              `json:"mode"` // test or cross_validation
	Folds     int                 `json:"folds"`
	FewShot   int                 `json:"few_shot"`
	Seed      uint64              `json:"seed"`
	Embedding string              `json:"embedding"`
	Data      map[string]DataFile `json:"data"`
	DataHash  string              `json:"data_hash"`
	ModelHash string              `json:"model_hash"`
	Warnings  []string            `json:"warnings"`

	Gates    []evals.Verdict   `json:"gates"`
	Baseline *evals.Comparison `json:"baseline"`
}

// DataFile is one of the files of a run.
type DataFile struct {
	File       string `json:"file"`
	Hash       string `json:"hash"`
	Rows       int    `json:"rows"`
	Used       int    `json:"used"`
	Duplicates int    `json:"duplicates"`
	Empty      int    `json:"empty"`
	InTraining int    `json:"in_training"`
}

// Range is an interval that holds the true value with 95 % confidence.
type Range = evals.Range

// FieldResult is what was measured of one label column.
type FieldResult struct {
	Field          string `json:"field"`
	N              int    `json:"n"`
	TrainExamples  int    `json:"train_examples"`
	ThresholdRows  int    `json:"threshold_rows"`
	ThresholdsFrom string `json:"thresholds_from"` // validation or held_out
	Labels         int    `json:"labels"`
	UnseenLabels   int    `json:"unseen_labels"`
	Calibration    string `json:"calibration"`

	Accuracy         float64  `json:"accuracy"`
	AccuracyInterval Range    `json:"accuracy_interval"`
	AccuracySD       *float64 `json:"accuracy_sd,omitempty"`
	MacroF1          float64  `json:"macro_f1"`

	ECEBefore     float64    `json:"ece_before"`
	ECE           float64    `json:"ece"`
	ECEInterval   Range      `json:"ece_interval"`
	ECEEqualMass  float64    `json:"ece_equal_mass"`
	ECENoiseFloor NoiseFloor `json:"ece_noise_floor"`
	Brier         float64    `json:"brier"`
	LogLoss       float64    `json:"log_loss"`
	AURC          float64    `json:"aurc"`

	CoverageAtPrecision       []Coverage  `json:"coverage_at_precision"`
	CalibrationAboveThreshold []Promise   `json:"calibration_above_threshold"`
	OOS                       *OutOfScope `json:"oos"`
	Priority                  *Priority   `json:"priority"`

	TrainSeconds        float64 `json:"train_seconds"`
	MicrosecondsPerText float64 `json:"microseconds_per_text"`
	ModelBytes          int     `json:"model_bytes"`

	Seeds             Seeds      `json:"seeds"`
	Slices            []Slice    `json:"slices"`
	PerClass          []Class    `json:"per_class"`
	Confusions        []Confused `json:"confusions"`
	PrecisionCoverage []Point    `json:"precision_coverage"`
	Reliability       []Bin      `json:"reliability"`
}

// NoiseFloor is the calibration error that a perfectly calibrated model would show
// on as many rows with the same confidences.
type NoiseFloor struct {
	Mean float64 `json:"mean"`
	High float64 `json:"high"` // 95 of 100 such models show less
}

// Coverage is what a threshold that was chosen for a precision is worth on the test
// rows. Threshold is null if none could be promised, Precision if nothing was acted on.
type Coverage struct {
	Target            float64  `json:"target"`
	Threshold         *float64 `json:"threshold"`
	Coverage          float64  `json:"coverage"`
	CoverageInterval  Range    `json:"coverage_interval"`
	Precision         *float64 `json:"precision"`
	PrecisionInterval Range    `json:"precision_interval"`
	// OutOfScopeActedOn is the share of out-of-scope rows that would have been acted on.
	OutOfScopeActedOn *float64 `json:"out_of_scope_acted_on"`
}

// Promise is how far confidence is from the truth among the rows that are acted on.
type Promise struct {
	Target         float64  `json:"target"`
	N              int      `json:"n"`
	MeanConfidence *float64 `json:"mean_confidence"`
	Precision      *float64 `json:"precision"`
	Gap            *float64 `json:"gap"` // above 0: too sure of itself
	GapInterval    *Range   `json:"gap_interval"`
}

// OutOfScope is how well rows that no label fits are told from the others.
type OutOfScope struct {
	AUROC            *float64 `json:"auroc"`
	Threshold        *float64 `json:"threshold"`
	Recall           float64  `json:"recall"`
	RecallInterval   Range    `json:"recall_interval"`
	InScopeAccuracy  float64  `json:"in_scope_accuracy"` // a row taken for out of scope is wrong
	InScopeFlagged   float64  `json:"in_scope_flagged"`
	Cost             float64  `json:"cost"` // the accuracy that the threshold was allowed to take
	N                int      `json:"n"`
	TrainingExamples int      `json:"training_examples"`
}

// Priority tells the two ways of being wrong about urgent tickets apart.
type Priority struct {
	UrgentMissed    Share    `json:"urgent_missed"`     // of the urgent ones
	UrgentByMistake Share    `json:"urgent_by_mistake"` // of the others
	Confusion       [][]int  `json:"confusion"`         // rows: the label; columns: what was said
	Bands           []string `json:"bands"`
}

// Share is a count of a whole.
type Share struct {
	Count    int      `json:"count"`
	Of       int      `json:"of"`
	Rate     *float64 `json:"rate"`
	Interval Range    `json:"interval"`
}

// Seeds are the figures of each training. Mean and SD are by figure.
type Seeds struct {
	Runs []SeedRun          `json:"runs"`
	Mean map[string]float64 `json:"mean"`
	SD   map[string]float64 `json:"sd"`
}

// SeedRun are the figures of one training.
type SeedRun struct {
	Seed    uint64             `json:"seed"`
	Figures map[string]float64 `json:"figures"`
}

// Slice are the figures of the rows that have something in common. ECE is null under
// 500 rows, where only its interval says anything.
type Slice struct {
	Dimension        string   `json:"dimension"`
	Value            string   `json:"value"`
	N                int      `json:"n"`
	Accuracy         float64  `json:"accuracy"`
	AccuracyInterval Range    `json:"accuracy_interval"`
	ECE              *float64 `json:"ece"`
	ECEInterval      *Range   `json:"ece_interval"`
	Target           float64  `json:"target"`
	Coverage         float64  `json:"coverage"`
	Precision        *float64 `json:"precision"`
}

// Class are the figures of one label.
type Class struct {
	Label     string   `json:"label"`
	N         int      `json:"n"`
	Predicted int      `json:"predicted"`
	Precision *float64 `json:"precision"`
	Recall    *float64 `json:"recall"`
	F1        float64  `json:"f1"`
}

// Confused counts rows of one label that were given another.
type Confused struct {
	Label     string  `json:"label"`
	Predicted string  `json:"predicted"`
	Count     int     `json:"count"`
	Share     float64 `json:"share"` // of the label's rows
}

// Point of the precision–coverage curve.
type Point struct {
	Threshold float64 `json:"threshold"`
	Coverage  float64 `json:"coverage"`
	Precision float64 `json:"precision"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
}

// Bin of the reliability diagram: 15 of one width.
type Bin struct {
	Count      int      `json:"count"`
	Confidence *float64 `json:"confidence"`
	Accuracy   *float64 `json:"accuracy"`
	Interval   *Range   `json:"interval"`
}

// Report is a result with what only its page shows, and what only a baseline needs.
type Report struct {
	Result Result
	Rows   []evals.Row
	Errors []WorstError
}

// WorstError is a row that was wrong with much confidence.
type WorstError struct {
	Field, Text, Label, Predicted, Place string
	Confidence                           float64
}

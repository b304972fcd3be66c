// Answers what Prometheus makes of figures: reads targets with what each said at which time, expressions and rules as JSON
// from stdin, and prints the values of the expressions at the end and the alerts that are up then. Storage, engine and rules
// are Prometheus' own; only the clock is the given one.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/tsdb"
)

type question struct {
	Targets     []target        `json:"targets"`
	Expressions []string        `json:"expressions"`
	Rules       json.RawMessage `json:"rules"` // the text of a rule file, or the spec of a PrometheusRule; null: none
	Every       int64           `json:"every"` // seconds between two evaluations of the rules, the first at 0
	At          int64           `json:"at"`    // the end, in seconds
}

type answer struct {
	Expressions []outcome `json:"expressions"`
	Alerts      []alert   `json:"alerts"`
	Problems    []string  `json:"problems"` // of the rules
}

type outcome struct {
	Error  string  `json:"error,omitempty"`
	Values []value `json:"values"`
}

type value struct {
	Labels labels.Labels `json:"labels"`
	Value  string        `json:"value"`
}

type alert struct {
	State       string        `json:"state"`
	Labels      labels.Labels `json:"labels"`
	Annotations labels.Labels `json:"annotations"`
	Since       int64         `json:"since"`           // it holds, in seconds
	Fired       *int64        `json:"fired,omitempty"` // when, in seconds
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var asked question
	input := json.NewDecoder(os.Stdin)
	input.DisallowUnknownFields()
	if err := input.Decode(&asked); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "outgate-prometheus-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	db, err := tsdb.Open(folder, nil, nil, tsdb.DefaultOptions(), nil)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, one := range asked.Targets {
		if err := one.scrape(db); err != nil {
			return err
		}
	}
	engine := promql.NewEngine(promql.EngineOpts{
		MaxSamples: 1_000_000, Timeout: time.Minute, Parser: parser.NewParser(parser.Options{}),
		EnableAtModifier: true, EnableNegativeOffset: true,
	})
	said := answer{Expressions: []outcome{}, Alerts: []alert{}, Problems: []string{}}
	for _, expression := range asked.Expressions {
		said.Expressions = append(said.Expressions, evaluate(engine, db, expression, time.Unix(asked.At, 0)))
	}
	if string(asked.Rules) != "null" {
		if said.Alerts, said.Problems, err = watch(engine, db, filepath.Join(folder, "rules.yaml"), asked); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(said)
}

func evaluate(engine *promql.Engine, db *tsdb.DB, expression string, at time.Time) outcome {
	vector, err := rules.EngineQueryFunc(engine, db)(context.Background(), expression, at)
	if err != nil {
		return outcome{Error: err.Error(), Values: []value{}}
	}
	values := []value{}
	for _, sample := range vector {
		values = append(values, value{sample.Metric, fmt.Sprint(sample.F)})
	}
	return outcome{Values: values}
}

// JSON is YAML, so what was given is a rule file as it is.
func watch(engine *promql.Engine, db *tsdb.DB, file string, asked question) ([]alert, []string, error) {
	alerts, problems := []alert{}, []string{}
	if err := os.WriteFile(file, asked.Rules, 0o600); err != nil {
		return nil, nil, err
	}
	every := time.Duration(asked.Every) * time.Second
	manager := rules.NewManager(&rules.ManagerOptions{
		QueryFunc:    rules.EngineQueryFunc(engine, db),
		NotifyFunc:   func(context.Context, string, ...*rules.Alert) {},
		AppendableV2: db,
		Queryable:    db,
	})
	groups, errs := manager.LoadGroups(every, labels.EmptyLabels(), "", nil, false, file)
	for _, err := range errs {
		problems = append(problems, err.Error())
	}
	for _, group := range groups {
		for at := time.Unix(0, 0); at.Unix() <= asked.At; at = at.Add(every) {
			group.Eval(context.Background(), at)
			for _, rule := range group.Rules() {
				if err := rule.LastError(); err != nil {
					return nil, nil, errors.Join(fmt.Errorf("%s at %d", rule.Name(), at.Unix()), err)
				}
			}
		}
		for _, rule := range group.AlertingRules() {
			for _, active := range rule.ActiveAlerts() {
				alerts = append(alerts, shown(active))
			}
		}
	}
	return alerts, problems, nil
}

func shown(active *rules.Alert) alert {
	said := alert{active.State.String(), active.Labels, active.Annotations, active.ActiveAt.Unix(), nil}
	if !active.FiredAt.IsZero() {
		fired := active.FiredAt.Unix()
		said.Fired = &fired
	}
	return said
}

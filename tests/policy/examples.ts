/** Policies that both the JSON Schema and the parser must judge alike. */
const REGRESSION = `apiVersion: databricks-mlops/v1
kind: PromotionPolicy
metadata: {name: churn, owner: ml-team@contoso.com}
model: {problem: regression, idColumn: id, target: y}
`;
const CLASSIFICATION = `apiVersion: databricks-mlops/v1
kind: PromotionPolicy
metadata: {name: churn}
model: {problem: classification, idColumn: id, target: y, classes: [no, yes]}
`;
const BAR = 'thresholds: [{metric: rmse, direction: lower, max: 65}]\n';

export const GOOD: Readonly<Record<string, string>> = {
  'one bar': REGRESSION + BAR,
  'all keys of a regression': `apiVersion: databricks-mlops/v1
kind: PromotionPolicy
metadata: {name: churn, owner: ml-team@contoso.com}
model:
  problem: regression
  idColumn: id
  target: y
  columns: {challenger: a, champion: b}
  weightColumn: w
  versionColumns: {challenger: va, champion: vb}
data: {minRows: 150}
compliance:
  - {id: description, check: description, minLength: 40, severity: block}
  - {id: signature, check: signature, require: [inputs], severity: warn}
  - {id: tags, check: tags, required: {owner: ".+"}, severity: info}
thresholds:
  - {id: bar, metric: rmse, direction: lower, max: 65.5, useBound: upper, confidence: 0.9, iterations: 1000, severity: block}
  - {metric: r2, direction: higher, min: 0.3, useBound: lower}
  - {metric: mean_signed_error, direction: zero, maxAbs: 0, useBound: both}
champion:
  onMissing: manual
  onError: fail
  primary: {id: first, metric: mse, test: pairedBootstrap, hypothesis: superior, minImprovement: 0.5, confidence: 0.95, iterations: 5000, method: percentile}
  guardrails: [{metric: mae, test: pairedBootstrap, hypothesis: nonInferior, margin: 1, confidence: 0.9, severity: warn}]
  onInconclusive: pass
approval: {when: [firstModel, INCONCLUSIVE, always], environment: mlops-prod-model, catalogs: [prod]}
`,
  'non-inferior primary': `${REGRESSION}champion: {primary: {metric: rmse, hypothesis: nonInferior, margin: 0}, onInconclusive: fail, onMissing: fail}\n`,
  'classification with labels': `${CLASSIFICATION}thresholds: [{metric: f1, direction: higher, min: 0.5}]\n`,
  'classification by threshold': `${CLASSIFICATION.replace('[no, yes]', '[0, 1], threshold: 0.4, probaColumns: {challenger: p, champion: q}')}champion: {primary: {metric: log_loss, hypothesis: superior}}\n`,
  'no version columns under preset minimal':
    REGRESSION.replace('owner:', 'preset: minimal, owner:').replace('target: y', 'target: y, versionColumns: none') +
    BAR,
};

/** Wrong in shape: the JSON Schema sees it too. */
export const BAD_SHAPE: Readonly<Record<string, string>> = {
  'another apiVersion': (REGRESSION + BAR).replace('/v1', '/v2'),
  'another kind': (REGRESSION + BAR).replace('PromotionPolicy', 'DriftPolicy'),
  'unknown key': `${REGRESSION}${BAR}slices: {columns: [sex]}\n`,
  'unknown key inside': REGRESSION.replace('target: y', 'target: y, groupKey: g') + BAR,
  'no model': (REGRESSION + BAR).replace(/^model.*\n/m, ''),
  'no name': REGRESSION.replace('name: churn, ', '') + BAR,
  'empty column name': REGRESSION.replace('target: y', 'target: ""') + BAR,
  'classes of a regression': REGRESSION.replace('target: y', 'target: y, classes: [0, 1]') + BAR,
  'one class': `${CLASSIFICATION.replace('[no, yes]', '[no]')}thresholds: [{metric: f1, direction: higher, min: 0.5}]\n`,
  'threshold of one': `${CLASSIFICATION.replace('[no, yes]', '[0, 1], threshold: 1')}thresholds: [{metric: f1, direction: higher, min: 0.5}]\n`,
  'text for a number': `${REGRESSION}thresholds: [{metric: rmse, direction: lower, max: many}]\n`,
  'bar without limit': `${REGRESSION}thresholds: [{metric: rmse, direction: lower}]\n`,
  'bar with the wrong limit': `${REGRESSION}thresholds: [{metric: rmse, direction: lower, min: 1}]\n`,
  'bound of the wrong side': `${REGRESSION}thresholds: [{metric: rmse, direction: lower, max: 1, useBound: lower}]\n`,
  'negative band': `${REGRESSION}thresholds: [{metric: mean_signed_error, direction: zero, maxAbs: -1}]\n`,
  'unknown metric': `${REGRESSION}thresholds: [{metric: auc, direction: higher, min: 0.5}]\n`,
  'unknown severity': `${REGRESSION}thresholds: [{metric: rmse, direction: lower, max: 1, severity: fatal}]\n`,
  'unknown check': `${REGRESSION}${BAR}compliance: [{id: env, check: environment}]\n`,
  'check without id': `${REGRESSION}${BAR}compliance: [{check: description}]\n`,
  'minRows of one': `${REGRESSION}${BAR}data: {minRows: 1}\n`,
  'minRows with a fraction': `${REGRESSION}${BAR}data: {minRows: 30.5}\n`,
  'confidence of one half': `${REGRESSION}champion: {primary: {metric: rmse, hypothesis: superior, confidence: 0.5}}\n`,
  'too many iterations': `${REGRESSION}champion: {primary: {metric: rmse, hypothesis: superior, iterations: 1000000}}\n`,
  'superior with a margin': `${REGRESSION}champion: {primary: {metric: rmse, hypothesis: superior, margin: 1}}\n`,
  'superior guardrail': `${REGRESSION}champion: {primary: {metric: rmse, hypothesis: superior}, guardrails: [{metric: mae, hypothesis: superior}]}\n`,
  'no primary': `${REGRESSION}champion: {onMissing: fail}\n`,
  'onError other than fail': `${REGRESSION}champion: {onError: ignore, primary: {metric: rmse, hypothesis: superior}}\n`,
  'approval without when': `${REGRESSION}${BAR}approval: {environment: e}\n`,
  'approval by risk tier': `${REGRESSION}${BAR}approval: {when: ["riskTier>=2"]}\n`,
  'no catalogs': `${REGRESSION}${BAR}approval: {when: [always], catalogs: []}\n`,
  'another preset': REGRESSION.replace('owner:', 'preset: regulated, owner:') + BAR,
};

/** Well shaped, but wrong between keys: only the parser sees it. */
export const BAD_RULES: Readonly<Record<string, string>> = {
  'nothing to judge': REGRESSION,
  'metric of the other problem': `${REGRESSION}thresholds: [{metric: f1, direction: higher, min: 0.5}]\n`,
  'wrong direction': `${REGRESSION}thresholds: [{metric: r2, direction: lower, max: 0.5}]\n`,
  'bar out of reach': `${REGRESSION}thresholds: [{metric: r2, direction: higher, min: 2}]\n`,
  'bar that all pass': `${CLASSIFICATION}thresholds: [{metric: accuracy, direction: higher, min: 0}]\n`,
  'impossible improvement': `${CLASSIFICATION}champion: {primary: {metric: f1, hypothesis: superior, minImprovement: 1}}\n`,
  'margin that all pass': `${CLASSIFICATION}champion: {primary: {metric: f1, hypothesis: nonInferior, margin: 1}}\n`,
  'one id twice': `${REGRESSION}${BAR}compliance: [{id: a, check: description}, {id: a, check: signature}]\n`,
  'id of the data check': `${REGRESSION}${BAR}compliance: [{id: data, check: description}]\n`,
  'one column twice': REGRESSION.replace('target: y', 'target: id') + BAR,
  'pattern that is none': `${REGRESSION}${BAR}compliance: [{id: t, check: tags, required: {owner: "["}}]\n`,
  'confidence without bound': `${REGRESSION}thresholds: [{metric: rmse, direction: lower, max: 1, confidence: 0.9}]\n`,
  'no version columns': REGRESSION.replace('target: y', 'target: y, versionColumns: none') + BAR,
  'two classes of one name': `${CLASSIFICATION.replace('[no, yes]', '[1, "1.0"]')}thresholds: [{metric: f1, direction: higher, min: 0.5}]\n`,
  'threshold of three classes': `${CLASSIFICATION.replace('[no, yes]', '[a, b, c], threshold: 0.5')}thresholds: [{metric: f1, direction: higher, min: 0.5}]\n`,
  'too few iterations': `${REGRESSION}champion: {primary: {metric: rmse, hypothesis: superior, iterations: 100, confidence: 0.99}}\n`,
};

/** Severity of a check, as several keys have it. */
const SEVERITY =
  '`block`: what it finds counts for the verdict. `warn` and `info`: it stands in the report; an error of a `warn` check still counts, one of an `info` check does not.';
const CONFIDENCE = 'Level of the interval, between 0.5 and 1.';
const ITERATIONS = 'Resamples of the bootstrap, 100 to 100 000.';
const CHALLENGER_AND_CHAMPION = 'of the two versions that are judged';

/**
 * What each key of a promotion policy means: the descriptions of its JSON Schema and the table of docs/policy.md. `[]` stands for an item of a list,
 * `*` for any key.
 */
export const KEY_MEANINGS: Readonly<Record<string, string>> = {
  apiVersion: 'Format of the file.',
  kind: 'What the file is.',
  metadata: 'Who this policy is of.',
  'metadata.name': 'Name of the policy, shown in report and summary.',
  'metadata.owner': 'Who answers for it, shown in the report.',
  'metadata.preset': '`minimal` allows `model.versionColumns: none`.',
  model: 'What is predicted, and the columns of the predictions.',
  'model.problem': 'Kind of problem; it decides which metrics there are.',
  'model.idColumn': 'Column with the id of an example. Each id stands once.',
  'model.target': 'Column with the true value.',
  'model.columns': `Columns with the predictions ${CHALLENGER_AND_CHAMPION}: numbers, or labels.`,
  'model.columns.challenger': 'Predictions of the challenger.',
  'model.columns.champion': 'Predictions of the champion; the column may be absent while there is none.',
  'model.weightColumn': 'Column with a weight of 0 or more for each row; `none`: every row counts as 1.',
  'model.versionColumns': `Columns with the number of the version that a row was scored with, ${CHALLENGER_AND_CHAMPION}. \`none\` leaves that out, with preset \`minimal\` only; the verdict is then INCONCLUSIVE where a champion exists.`,
  'model.versionColumns.challenger': 'Version of the challenger.',
  'model.versionColumns.champion': 'Version of the champion.',
  'model.probaColumns': `Columns with probabilities ${CHALLENGER_AND_CHAMPION}, for \`log_loss\` and \`threshold\`: a number for the second of two classes, or an array in the order of \`classes\`.`,
  'model.probaColumns.challenger': 'Probabilities of the challenger.',
  'model.probaColumns.champion': 'Probabilities of the champion.',
  'model.classes': 'All labels of a classification, 2 to 200. Of two, the second is the positive one.',
  'model.threshold':
    'With two classes: the probability from which the label is the second one. Without it labels are read from `columns`.',
  data: 'What is wanted of the predictions as a whole.',
  'data.minRows': 'Fewer rows are an error, and no figure of them is shown.',
  compliance: 'What is wanted of the version beside its predictions.',
  'compliance[].id': 'Id of the check in report and tests.',
  'compliance[].check':
    '`description`: the version has one. `signature`: the model was logged with one. `tags`: the version has them.',
  'compliance[].minLength': 'Least characters of the description.',
  'compliance[].require': 'Parts that the signature has.',
  'compliance[].required': 'Tags by name.',
  'compliance[].required.*': 'Regular expression that the whole value of the tag matches.',
  'compliance[].severity': SEVERITY,
  thresholds: 'Bars that every challenger clears, whoever reigns.',
  'thresholds[].id': 'Id of the check; default: `threshold.<metric>`.',
  'thresholds[].metric': 'What is measured.',
  'thresholds[].direction':
    'Which way is better. It follows from the metric and is written out, so that nobody has to know it.',
  'thresholds[].max': 'Highest value that passes, where lower is better.',
  'thresholds[].min': 'Lowest value that passes, where higher is better.',
  'thresholds[].maxAbs': 'Farthest distance from zero that passes.',
  'thresholds[].useBound':
    'Judge the bad end of a bootstrap interval of the metric instead of its value, so that luck with these rows clears no bar.',
  'thresholds[].confidence': `${CONFIDENCE} With \`useBound\` only; default: 0.95.`,
  'thresholds[].iterations': `${ITERATIONS} With \`useBound\` only; default: 5000.`,
  'thresholds[].severity': SEVERITY,
  champion: 'The comparison with the reigning champion on the same rows.',
  'champion.onMissing':
    'While there is no champion: `thresholdsOnly` judges by the rest, `manual` leaves the model to a person, `fail` fails.',
  'champion.onError': 'What an error of the comparison means.',
  'champion.primary': 'The comparison that decides.',
  'champion.primary.id': 'Id of the check; default: `champion.<metric>`.',
  'champion.primary.metric': 'What is compared.',
  'champion.primary.test': 'How it is compared: both models on the same resampled rows.',
  'champion.primary.confidence': CONFIDENCE,
  'champion.primary.iterations': ITERATIONS,
  'champion.primary.method': 'How the interval is made of the resamples.',
  'champion.primary.hypothesis':
    '`superior`: the whole interval of the improvement lies above `minImprovement`. `nonInferior`: it lies above `-margin`.',
  'champion.primary.minImprovement': 'In units of the metric.',
  'champion.primary.margin': 'Loss that is tolerated, in units of the metric.',
  'champion.guardrails': 'Metrics that may not get worse by more than their margin.',
  'champion.guardrails[].id': 'Id of the check; default: `guardrail.<metric>`.',
  'champion.guardrails[].metric': 'What is compared.',
  'champion.guardrails[].test': 'As in `primary`.',
  'champion.guardrails[].confidence': CONFIDENCE,
  'champion.guardrails[].iterations': ITERATIONS,
  'champion.guardrails[].method': 'As in `primary`.',
  'champion.guardrails[].hypothesis': 'As in `primary`.',
  'champion.guardrails[].margin': 'Loss that is tolerated, in units of the metric.',
  'champion.guardrails[].severity': SEVERITY,
  'champion.onInconclusive':
    'Where the interval reaches to both sides: `manual` asks a person, `pass` goes on, `fail` rejects.',
  approval: 'When a person has to agree before the promotion.',
  'approval.when': '`firstModel`: while there is no champion. `INCONCLUSIVE`: by the verdict. `always`.',
  'approval.environment': 'Environment whose check is the approval; it stands in the report.',
  'approval.catalogs': 'Catalogs in which the demand binds; default: every one. Elsewhere it is a note in the report.',
};

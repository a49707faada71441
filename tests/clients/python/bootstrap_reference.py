"""Reference figures of the paired bootstrap: metrics by scikit-learn, intervals by scipy.stats.bootstrap.

    python bootstrap_reference.py [seed] [resamples] > scipy-bootstrap.json

Prints one JSON object: the rows of three small holdouts, and per metric the values of both models and the percentile interval of the improvement.
"""

import json
import sys

import numpy
import scipy
import sklearn
from scipy.stats import bootstrap
from sklearn import metrics

CONFIDENCE = 0.95


def regression(generator, rows):
    truth = generator.normal(150, 75, rows)
    return {
        "truth": truth,
        "challenger": truth + generator.normal(2, 50, rows),
        "champion": truth + generator.standard_t(4, rows) * 45,
        "weight": generator.integers(1, 5, rows).astype(float),
    }


def classification(generator, rows, classes):
    truth = generator.integers(0, classes, rows)

    def probabilities(strength):
        scores = generator.normal(0, 1, (rows, classes))
        scores[numpy.arange(rows), truth] += strength
        exponentials = numpy.exp(scores)
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    return {"truth": truth, "challenger": probabilities(1.6), "champion": probabilities(1.2)}


def rmse(truth, predicted, weight=None):
    return numpy.sqrt(numpy.average((predicted - truth) ** 2, weights=weight))


def mae(truth, predicted, weight=None):
    return numpy.average(numpy.abs(predicted - truth), weights=weight)


def r2(truth, predicted, weight=None):
    residual = numpy.average((predicted - truth) ** 2, weights=weight)
    centre = numpy.average(truth, weights=weight)
    return 1 - residual / numpy.average((truth - centre) ** 2, weights=weight)


def accuracy(truth, predicted):
    return numpy.mean(truth == predicted)


def f1(truth, predicted, classes):
    chosen = [1] if classes == 2 else range(classes)
    scores = []
    for label in chosen:
        both = numpy.sum((truth == label) & (predicted == label))
        either = numpy.sum(truth == label) + numpy.sum(predicted == label)
        scores.append(2 * both / either if either else 0.0)
    return float(numpy.mean(scores))


def log_loss(true_probability):
    return -numpy.mean(numpy.log(true_probability))


def interval(statistic, samples, resamples, seed):
    result = bootstrap(
        samples,
        statistic,
        paired=True,
        vectorized=False,
        n_resamples=resamples,
        confidence_level=CONFIDENCE,
        method="percentile",
        random_state=numpy.random.default_rng(seed),
    )
    return [float(result.confidence_interval.low), float(result.confidence_interval.high)]


def regression_case(name, generator, rows, resamples, seed, weighted):
    data = regression(generator, rows)
    weight = data["weight"] if weighted else None
    functions = {
        "rmse": (rmse, metrics.root_mean_squared_error, -1),
        "mae": (mae, metrics.mean_absolute_error, -1),
        "r2": (r2, metrics.r2_score, 1),
    }
    figures = {}
    for metric, (own, reference, sign) in functions.items():
        samples = (data["truth"], data["challenger"], data["champion"]) + ((data["weight"],) if weighted else ())
        figures[metric] = {
            "challenger": float(reference(data["truth"], data["challenger"], sample_weight=weight)),
            "champion": float(reference(data["truth"], data["champion"], sample_weight=weight)),
            "interval": interval(
                lambda t, a, b, w=None: sign * (own(t, a, w) - own(t, b, w)), samples, resamples, seed
            ),
        }
    kept = {key: data[key].tolist() for key in ("truth", "challenger", "champion", *(["weight"] if weighted else []))}
    return {"name": name, "problem": "regression", "rows": kept, "figures": figures}


def classification_case(name, generator, rows, classes, resamples, seed):
    data = classification(generator, rows, classes)
    truth = data["truth"]
    labels = {model: data[model].argmax(axis=1) for model in ("challenger", "champion")}
    true_probability = {model: data[model][numpy.arange(rows), truth] for model in ("challenger", "champion")}
    average = {"average": "binary"} if classes == 2 else {"average": "macro", "labels": list(range(classes))}
    both = (truth, labels["challenger"], labels["champion"])
    figures = {
        "accuracy": {
            **{model: float(metrics.accuracy_score(truth, labels[model])) for model in labels},
            "interval": interval(lambda t, a, b: accuracy(t, a) - accuracy(t, b), both, resamples, seed),
        },
        "f1": {
            **{model: float(metrics.f1_score(truth, labels[model], zero_division=0, **average)) for model in labels},
            "interval": interval(lambda t, a, b: f1(t, a, classes) - f1(t, b, classes), both, resamples, seed),
        },
        "log_loss": {
            **{model: float(metrics.log_loss(truth, data[model], labels=list(range(classes)))) for model in labels},
            "interval": interval(
                lambda a, b: log_loss(b) - log_loss(a), tuple(true_probability.values()), resamples, seed
            ),
        },
    }
    kept = {
        "truth": truth.tolist(),
        **{model: labels[model].tolist() for model in labels},
        **{f"proba_{model}": data[model].tolist() for model in labels},
    }
    return {"name": name, "problem": "classification", "classes": classes, "rows": kept, "figures": figures}


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 20240611
    resamples = int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    generator = numpy.random.default_rng(seed)
    cases = [
        regression_case("regression", generator, 133, resamples, seed, weighted=False),
        regression_case("weighted regression", generator, 120, resamples, seed, weighted=True),
        classification_case("two classes", generator, 200, 2, resamples, seed),
        classification_case("four classes", generator, 150, 4, resamples, seed),
    ]
    versions = {"scipy": scipy.__version__, "scikit-learn": sklearn.__version__, "numpy": numpy.__version__}
    print(
        json.dumps(
            {"seed": seed, "resamples": resamples, "confidence": CONFIDENCE, "versions": versions, "cases": cases}
        )
    )


if __name__ == "__main__":
    main()

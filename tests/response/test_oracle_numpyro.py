"""A sampler that knows nothing of our algebra: NumPyro (extra `oracle`) agrees with the closed form within 0.01.

The seed is fixed; 4 x 3,000 draws tell a mean of these posteriors to about 0.002.
"""

import numpy as np
import pytest

from painloom.response.bayes import grid_posterior, posterior_mean
from painloom.response.tree import Asked, Tree, ask, half_normal_grid, log_evidence, mixed, weights_of

numpyro = pytest.importorskip("numpyro", reason="numpyro is not installed: pip install 'painloom[oracle]'")
AGREED, SCALE = 0.01, 0.5


def sampled(program, *data):
    """Posterior means by name, from four seeded chains one after the other."""
    import jax

    kernel = numpyro.infer.NUTS(program, target_accept_prob=0.95)
    chains = numpyro.infer.MCMC(kernel, num_warmup=1500, num_samples=3000, num_chains=4, chain_method="vectorized", progress_bar=False)
    chains.run(jax.random.PRNGKey(20261124), *data)
    return {name: np.asarray(draws).mean(axis=0) for name, draws in chains.get_samples().items()}


def flat(effects, errors):
    """Effects of studies around one mean."""
    import numpyro.distributions as dist

    mean = numpyro.sample("mean", dist.Normal(0, 1))
    tau = numpyro.sample("tau", dist.HalfNormal(SCALE))
    apart = numpyro.sample("apart", dist.Normal(0, 1).expand([len(effects)]).to_event(1))
    numpyro.sample("seen", dist.Normal(mean + tau * apart, errors).to_event(1), obs=effects)


def by_group(effects, errors, place, groups):
    """Effects of studies around those of their groups, these around one mean."""
    import numpyro.distributions as dist

    mean = numpyro.sample("mean", dist.Normal(0, 1))
    between, rows = (numpyro.sample(name, dist.HalfNormal(SCALE)) for name in ("between", "rows"))
    apart = numpyro.sample("apart", dist.Normal(0, 1).expand([groups]).to_event(1))
    own = numpyro.sample("own", dist.Normal(0, 1).expand([len(effects)]).to_event(1))
    group = numpyro.deterministic("group", mean + between * apart)
    numpyro.sample("seen", dist.Normal(group[place] + rows * own, errors).to_event(1), obs=effects)


@pytest.mark.slow
def test_the_hierarchy_of_the_published_set_agrees_with_the_sampler(public_sets, haeuser_drugs):
    studies = public_sets["haeuser2009-pain.csv"]
    names = sorted(set(haeuser_drugs))
    place = np.array([names.index(drug) for drug in haeuser_drugs])
    found = sampled(by_group, studies.effects, studies.errors, place, len(names))
    same = (place[:, None] == place[None, :]).astype(float)
    tree, grid = Tree(studies.effects, studies.errors**2, np.ones(same.shape), same), half_normal_grid(SCALE, SCALE, 40)
    cross = np.vstack([np.zeros(place.size), place[None, :] == np.arange(len(names))[:, None]]).astype(float)
    answer = ask(tree, grid, Asked(np.ones(cross.shape), cross, np.ones(len(cross)), np.array([0.0, *[1.0] * len(names)])))
    weights = weights_of(grid.log_prior + log_evidence(tree, grid))
    mean, _ = mixed(answer.mean, answer.variance, weights)

    assert mean[0] == pytest.approx(float(found["mean"]), abs=AGREED)
    for drug in ("duloxetine", "amitriptyline", "fluoxetine"):
        assert mean[1 + names.index(drug)] == pytest.approx(float(found["group"][names.index(drug)]), abs=AGREED)
    assert (weights @ grid.between, weights @ grid.rows) == pytest.approx((float(found["between"]), float(found["rows"])), abs=AGREED)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["haeuser2009-pain.csv", "triptan-sumatriptan.csv"])
def test_a_pool_agrees_with_the_sampler(public_sets, name):
    studies = public_sets[name]
    found = sampled(flat, studies.effects, studies.errors)
    mean, _, tau = posterior_mean(grid_posterior(studies.effects, studies.errors, SCALE, 1.0))

    assert (mean, tau) == pytest.approx((float(found["mean"]), float(found["tau"])), abs=AGREED)

"""One mistake in each backward pass of this folder: the line as it should be, and as it is."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """A function of a module, its backward pass, and the line of it that is replaced."""

    module: str
    f: str
    backward: str  # takes the gradient of the result as well if its name ends in one of VJPS
    shapes: tuple  # of random inputs; or a function of a generator that returns the inputs
    right: str
    wrong: str
    truth: str = ""  # words of a reason about the function that is true

    VJPS = ("backward", "vjp", "bwd", "backward_naive")

    def __str__(self):
        return f"{self.backward}: {self.wrong}"

    @property
    def keyword(self):
        return "vjp" if self.backward.endswith(self.VJPS) else "gradient"

    @property
    def source(self):
        return (FOLDER / f"{self.module}.py").read_text(encoding="utf-8")

    @property
    def line(self):
        """The number of the line with the mistake."""
        (number,) = [
            n for n, text in enumerate(self.source.splitlines(), 1) if text.strip() == self.right
        ]
        return number

    def inputs(self):
        random = np.random.default_rng(5)
        if callable(self.shapes):
            return self.shapes(random)
        return tuple(random.normal(size=s) if s else float(random.normal()) for s in self.shapes)

    def load(self, path, *, mistaken=True):
        """Import the module from a file `path`, with the mistake; return f and the keywords."""
        lines = self.source.splitlines(keepends=True)
        if mistaken:
            text = lines[self.line - 1]
            lines[self.line - 1] = text.replace(self.right, self.wrong)
        path.write_text("".join(lines), encoding="utf-8")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return getattr(module, self.f), {self.keyword: getattr(module, self.backward)}


def two_layers(random):
    shapes = {"W1": (4, 5), "b1": (5,), "W2": (5, 3), "b2": (3,)}
    return ({name: random.normal(size=shape) for name, shape in shapes.items()},)


def gates(random):
    shapes = {"Wz": (2, 3), "Uz": (2, 2), "Wc": (2, 3), "Uc": (2, 2)}
    return ({name: random.normal(size=shape) for name, shape in shapes.items()},)


def embeddings(random):
    return ({"in": random.normal(size=(3, 2)), "out": random.normal(size=(4, 2))},)


def positive(*shapes):
    return lambda random: tuple(
        random.uniform(0.3, 1.5, s) if s else random.uniform(0.3, 1.5) for s in shapes
    )


def exactly(*inputs):
    return lambda random: tuple(np.array(x) if isinstance(x, list) else x for x in inputs)


CONV = ((2, 2, 5, 5), (3, 2, 3, 3), (3,))
RNN = ((2, 3, 4), (2, 3), (4, 3), (3, 3), (3,))
OPTION = exactly(102.0, 95.0, 0.75, 0.03, 0.24)
ATOMS = exactly([0.9, 0.2, -0.1], [0.0, 0.1, 0.0], [-0.4, 1.1, 0.3])
QUATERNION = exactly([0.9, -0.4, 0.3, 0.8])
MIXTURE = exactly([0.3, -0.5, 1.2, -0.2, 0.4])
CRYSTAL = exactly([[0.0, 0.0], [1.2, 0.1], [0.3, 1.1], [1.4, 1.3]])
TREE = exactly(1.05, 1.12, 0.55)
FILTER = ((9,), (3,), (2,))
BLOCK = ((5, 3), (3, 3), (3,))

CASES = [
    # -- coursework
    Case("coursework", "svm_loss", "svm_grad", ((4, 3),), "mask[np.arange(N), y_train] = -mask.sum(axis=1)", "mask[np.arange(N), y_train] = -1"),
    Case("coursework", "svm_loss", "svm_grad", ((4, 3),), "dW += 2 * 0.1 * W", "dW += 0.1 * W", truth="leaves out one of 3 paths, the one through multiply"),
    Case("coursework", "batchnorm_forward", "batchnorm_backward", ((5, 3), (3,), (3,)), "dmu = -np.sum(dxhat, axis=0) * ivar", "dmu = -np.sum(dout, axis=0) * ivar"),
    Case("coursework", "batchnorm_forward", "batchnorm_backward", ((5, 3), (3,), (3,)), "dx = dxhat * ivar + dvar * 2 * (x - mu) / N + dmu / N", "dx = dxhat * ivar + dvar * 2 * (x - mu) / D + dmu / N"),
    Case("coursework", "conv_forward_naive", "conv_backward_naive", CONV, "dxp[n, :, rows, cols] += w[f] * dout[n, f, i, j]", "dxp[n, :, rows, cols] = w[f] * dout[n, f, i, j]"),
    Case("coursework", "conv_forward_naive", "conv_backward_naive", CONV, "db = dout.sum(axis=(0, 2, 3))", "db = dout.mean(axis=(0, 2, 3))"),
    Case("coursework", "rnn_forward", "rnn_backward", RNN, "dprev = da @ Wh.T", "dprev = da @ Wh"),
    Case("coursework", "rnn_forward", "rnn_backward", RNN, "dWh += (hs[:, t - 1] if t > 0 else h0).T @ da", "dWh += hs[:, t - 1].T @ da"),
    Case("coursework", "max_pool_forward", "max_pool_backward", ((2, 1, 4, 4),), "r, s = np.unravel_index(np.argmax(window), (2, 2))", "s, r = np.unravel_index(np.argmax(window), (2, 2))"),
    Case("coursework", "net_loss", "net_grads", two_layers, "dhidden[self.hidden <= 0] = 0", "dhidden[dhidden <= 0] = 0"),
    Case("coursework", "net_loss", "net_grads", two_layers, "dscores /= len(y_train)", "dscores /= dscores.shape[1]"),
    # -- statistics
    Case("statistics", "poisson_nll", "poisson_score", ((3,),), "fitted = np.exp(Z @ beta)", "fitted = Z @ beta"),
    Case("statistics", "probit_nll", "probit_score", ((3,),), "return -(q * mills) @ Z", "return -mills @ Z"),
    Case("statistics", "negbin_nll", "negbin_grad", ((3,), ()), "return -Z.T @ (dmu * mu), -np.sum(dr) * r", "return -Z.T @ (dmu * mu), -np.sum(dr)", truth="lacks the factor y, the derivative of exp"),
    Case("statistics", "negbin_nll", "negbin_grad", ((3,), ()), "dr += np.log(r / (r + mu)) + 1 - (r + counts) / (r + mu)", "dr += np.log(r / (r + mu)) + 1 - r / (r + mu)", truth="leaves out one of 6 paths, the one through add"),
    Case("statistics", "cox_nll", "cox_grad", ((2,),), "grad -= X[i] - weights @ X[at_risk] / weights.sum()", "grad -= X[i] - weights @ X[at_risk] / len(weights)"),
    Case("statistics", "mixture_nll", "mixture_grad", MIXTURE, "g[1] = -np.sum(resp * z1 / s1)", "g[1] = -np.sum(resp * z1)"),
    Case("statistics", "mixture_nll", "mixture_grad", MIXTURE, "g[4] = -np.sum((1 - resp) * (z2**2 - 1))", "g[4] = -np.sum(resp * (z2**2 - 1))"),
    Case("statistics", "gp_nlml", "gp_nlml_grad", exactly([0.1, -0.2, -1.5]), "dell = R * D2 / ell**2", "dell = R * D2 / ell**3"),
    Case("statistics", "gp_nlml", "gp_nlml_grad", exactly([0.1, -0.2, -1.5]), "dsn = 2 * sn**2 * np.eye(len(grid))", "dsn = 2 * sn * np.eye(len(grid))"),
    Case("statistics", "hawkes_nll", "hawkes_grad", positive(3), "dA = decay * dA - gap * decay * (1 + A)", "dA = -gap * decay * (1 + A)"),
    Case("statistics", "hawkes_nll", "hawkes_grad", positive(3), "g_mu += horizon", "g_mu += events[-1]"),
    # -- mechanics
    Case("mechanics", "compliance", "compliance_sensitivity", positive(4), "left = u[e - 1] if e > 0 else 0.0", "left = u[e - 1]"),
    Case("mechanics", "heat_misfit", "heat_adjoint", ((5,), ()), "for u in states[-2::-1]:", "for u in states[::-1]:"),
    Case("mechanics", "heat_misfit", "heat_adjoint", ((5,), ()), "dkappa += lam @ (padded[2:] - 2 * u + padded[:-2]) * DT / DX**2", "dkappa += lam @ (padded[2:] - 2 * u + padded[:-2]) * DT / DX"),
    Case("mechanics", "end_effector", "arm_jacobian", ((3,),), "absolute = np.cumsum(q)", "absolute = q"),
    Case("mechanics", "end_effector", "arm_jacobian", ((3,),), "for i in range(j, 3):", "for i in range(j + 1):"),
    Case("mechanics", "rotate", "rotate_jacobian", QUATERNION, "project = (np.eye(4) - np.outer(u, u)) / n", "project = np.eye(4) / n", truth="the one through root_of_squares"),
    Case("mechanics", "lj_energy", "lj_gradient", CRYSTAL, "f = -24 * (2 * s6**2 - s6) / r2", "f = -24 * (2 * s6**2 - s6) / np.sqrt(r2)"),
    Case("mechanics", "lj_energy", "lj_gradient", CRYSTAL, "g[j] -= f * d", "g[j] += f * d"),
    Case("mechanics", "swing", "swing_gradient", ((5,), ()), "p_theta -= STEP * cos(thetas[k]) * p_omega", "p_theta -= STEP * cos(thetas[k + 1]) * p_omega"),
    # -- finance
    Case("finance", "BlackScholesCall", "Greeks", OPTION, "vega = S * phi(d1) * sqrt(T)", "vega = S * phi(d1) * T"),
    Case("finance", "BlackScholesCall", "Greeks", OPTION, "rho = K * T * exp(-r * T) * Phi(d2)", "rho = K * T * exp(-r * T) * Phi(d1)"),
    Case("finance", "garch_nll", "garch_grad", exactly([0.2, 0.15, 0.6]), "dh = np.array([1.0, RETURNS[t - 1] ** 2, h]) + beta * dh", "dh = np.array([1.0, RETURNS[t] ** 2, h]) + beta * dh"),
    Case("finance", "garch_nll", "garch_grad", exactly([0.2, 0.15, 0.6]), "total += 0.5 * (1 / h - r * r / h**2) * dh", "total += 0.5 * (1 / h - r * r / h) * dh"),
    Case("finance", "sharpe", "sharpe_gradient", positive(4), "return MEAN / risk - excess * (COV @ w) / risk**3", "return MEAN / risk - excess * (COV @ w) / risk**2"),
    Case("finance", "curve_error", "curve_error_grad", exactly(0.03, -0.01, 0.02, 1.8), "dtau = np.sum(res * (b1 * dslope + b2 * (dslope + e)) * dx_dtau)", "dtau = np.sum(res * (b1 * dslope + b2 * (dslope - e)) * dx_dtau)", truth="has the wrong sign in the factor y, the derivative of exp"),
    Case("finance", "bond_price", "bond_sensitivity", exactly(0.04, [5.0, 5.0, 5.0, 5.0, 105.0]), "dy -= t * flows[i] * discount / (1 + y)", "dy -= t * flows[i] * discount"),
    Case("finance", "tree_value", "tree_sensitivities", TREE, "wider[1:] += 0.99 * q * bar", "wider[1:] += q * bar"),
    Case("finance", "tree_value", "tree_sensitivities", TREE, "bar = bar * (layers[0] > 0)", "bar = bar * (layers[0] >= 0)"),
    # -- signals
    Case("signals", "iir", "iir_vjp", FILTER, "xbar[:-1] += b[1] * s[1:]", "xbar[1:] += b[1] * s[:-1]"),
    Case("signals", "iir", "iir_vjp", FILTER, "abar = -np.array([s[1:] @ y[:-1], s[2:] @ y[:-2]])", "abar = -np.array([s[1:] @ x[:-1], s[2:] @ x[:-2]])"),
    Case("signals", "tv_objective", "tv_gradient", ((5, 4),), "g[:-1, :-1] -= lam * (dx + dy) / root", "g[:-1, :-1] -= lam * dx / root", truth="the one through getitem"),
    Case("signals", "phase_loss", "phase_grad", ((8,),), "return np.real(np.fft.ifft(residual * F / np.abs(F))) * len(x)", "return np.real(np.fft.ifft(residual * F / np.abs(F)))"),
    Case("signals", "phase_loss", "phase_grad", ((8,),), "residual = np.abs(F) - magnitudes", "residual = np.abs(F)"),
    Case("signals", "sample_bilinear", "sample_bilinear_vjp", exactly([0.3, 2.6, 4.1], [1.7, 3.2, 5.4]), "d_cols = (1 - u) * (b - a) + u * (d - c)", "d_cols = (1 - v) * (b - a) + v * (d - c)"),
    Case("signals", "beam_power", "beam_power_gradient", ((4,), (4,)), "d_delays = 2 * np.real(np.conj(total) * 1j * OMEGA * phasor)", "d_delays = 2 * np.real(total * 1j * OMEGA * phasor)"),
    Case("signals", "soft_dtw", "soft_dtw_grad", ((5,),), "diagonal = np.exp((R[i + 1, j + 1] - R[i, j] - D[i + 1, j + 1]) / GAMMA)", "diagonal = np.exp((R[i + 1, j + 1] - R[i, j] - D[i, j]) / GAMMA)"),
    # -- language
    Case("language", "attention", "attention_bwd", ((4, 3), (4, 3), (4, 2)), "dS = P * (dP - (dP * P).sum(-1, keepdims=True))", "dS = P * (dP - (dP * P).sum(0, keepdims=True))"),
    Case("language", "attention", "attention_bwd", ((4, 3), (4, 3), (4, 2)), "dK = dS.T @ Q * scale", "dK = dS.T @ Q"),
    Case("language", "layer_norm", "layer_norm_vjp", ((2, 3, 4), (4,), (4,)), "dnorm = dy * g", "dnorm = dy"),
    Case("language", "sgns", "sgns_grad", embeddings, "np.add.at(dV, negatives, gn[..., None] * U[centre][:, None, :])", "dV[negatives] += gn[..., None] * U[centre][:, None, :]"),
    Case("language", "sgns", "sgns_grad", embeddings, "gp = -1 / (1 + np.exp(pos))", "gp = -1 / (1 + np.exp(-pos))"),
    Case("language", "crf_nll", "crf_grad", ((5, 3), (3, 3)), "joint = alpha[t - 1][:, None] + trans + (emit[t] + beta[t])[None, :]", "joint = alpha[t - 1][:, None] + trans + beta[t][None, :]"),
    Case("language", "crf_nll", "crf_grad", ((5, 3), (3, 3)), "beta[t] = lse(trans + emit[t + 1] + beta[t + 1], axis=1)", "beta[t] = lse(trans + emit[t + 1] + beta[t + 1], axis=0)"),
    Case("language", "gcn_loss", "gcn_grads", ((3, 5), (5, 2)), "dH = A_hat.T @ (dout @ W1.T)", "dH = A_hat @ (dout @ W1.T)"),
    Case("language", "gcn_loss", "gcn_grads", ((3, 5), (5, 2)), "dout[~labelled] = 0", "dout[labelled] = 0"),
    Case("language", "tsne_kl", "tsne_grad", ((5, 2),), "PQ = (P_joint - Q) * num", "PQ = P_joint - Q"),
    # -- chemistry
    Case("chemistry", "bend_energy", "bend_forces", ATOMS, "du = dE * dtheta * (v / (nu * nv) - cosine * u / nu**2)", "du = dE * dtheta * (v / (nu * nv) - cosine * u / nu)"),
    Case("chemistry", "bend_energy", "bend_forces", ATOMS, "return du, -du - dv, dv", "return du, du - dv, dv"),
    Case("chemistry", "concentrations", "sensitivities", positive(2), "S = S + h * (J @ S + dfdk)", "S = S + h * dfdk"),
    Case("chemistry", "concentrations", "sensitivities", positive(2), "dfdk = np.array([[-c[0], 0], [c[0], -c[1]], [0, c[1]]])", "dfdk = np.array([[-c[0], 0], [c[0], c[1]], [0, c[1]]])"),
    Case("chemistry", "arrhenius", "arrhenius_partials", exactly(1.2, 0.7, 5.0, 410.0), "return rate, rate * np.log(T / 300), -rate / (R_GAS * T), rate * (n / T + Ea / (R_GAS * T**2))", "return rate, rate * np.log(T / 300), -rate / (R_GAS * T), rate * (n / T - Ea / (R_GAS * T**2))"),
    Case("chemistry", "enzyme_residuals", "enzyme_jacobian", positive(3), "J[:, 1] = -vmax * substrate * factor / denominator**2", "J[:, 1] = -vmax * substrate / denominator**2"),
    Case("chemistry", "enzyme_residuals", "enzyme_jacobian", positive(3), "J[:, 2] = vmax * substrate * km * inhibitor / (ki * denominator) ** 2", "J[:, 2] = vmax * substrate * km * inhibitor / ki * denominator ** 2"),
    Case("chemistry", "free_energy", "potentials", positive(3), "mu -= 0.5 * x @ CHI @ x", "mu -= x @ CHI @ x", truth="the one through multiply"),
    Case("chemistry", "yield_of_product", "yield_gradient", exactly(0.7, 1.3), "dx_dK = (1 - x) / (2 * x + K)", "dx_dK = (1 - x) / (2 * x)"),
    # -- tapes
    Case("tapes", "neuron", "neuron_grad", exactly(0.4, -1.3, 0.2), "other.d += self.v * out.d", "other.d = self.v * out.d"),
    Case("tapes", "neuron", "neuron_grad", exactly(0.4, -1.3, 0.2), "self.d += (1 - t * t) * out.d", "self.d += (1 - t) * out.d"),
    Case("tapes", "block", "block_backward", BLOCK, "return g + inner", "return inner", truth="the one through add"),
    Case("tapes", "block", "block_backward", BLOCK, "return np.where(self.x > 0, g, 0.1 * g)", "return np.where(g > 0, g, 0.1 * g)"),
    Case("tapes", "flat_loss", "flat_grad", ((26,),), "pieces = [inputs.T @ back, back.sum(0), h.T @ delta, delta.sum(0)]", "pieces = [back.T @ inputs, back.sum(0), h.T @ delta, delta.sum(0)]"),
    Case("tapes", "flat_loss", "flat_grad", ((26,),), "delta = (h @ W2 + b2 - targets) / len(inputs)", "delta = (h @ W2 + b2 - targets) / targets.size"),
    Case("tapes", "rating_loss", "rating_grad", ((3, 2), (3, 2)), "gi[i] -= 2 * error * users[u]", "gi[i] -= 2 * error * users[i]"),
    Case("tapes", "rating_loss", "rating_grad", ((3, 2), (3, 2)), "gu[u] -= 2 * error * items[i]", "gu[u] = -2 * error * items[i]"),
    Case("tapes", "gru_loss", "gru_grads", gates, "dz = dh * (c - h) * z * (1 - z)", "dz = dh * (c - h) * (1 - z)"),
    Case("tapes", "gru_loss", "gru_grads", gates, "dh = dh * (1 - z) + p[\"Uz\"].T @ dz + p[\"Uc\"].T @ dc", "dh = p[\"Uz\"].T @ dz + p[\"Uc\"].T @ dc"),
    Case("tapes", "log_loss", "log_loss_grad", ((2,), ()), "gb += error / len(PEOPLE)", "gb = error / len(PEOPLE)"),
]  # fmt: skip

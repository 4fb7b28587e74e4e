import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular


# Cholesky factor, after Murray

def tril_half(A):
    A = np.tril(A)
    A[np.diag_indices_from(A)] *= 0.5
    return A


def chol(S):
    return np.linalg.cholesky(0.5 * (S + S.T))


def chol_vjp(Lbar, S):
    L = chol(S)
    P = tril_half(L.T @ Lbar)  #~ P = np.tril(L.T @ Lbar) #~ P = tril_half(L @ Lbar)
    Sbar = solve_triangular(L, P, lower=True, trans=1)
    Sbar = solve_triangular(L, Sbar.T, lower=True, trans=1).T  #~ Sbar = solve_triangular(L, Sbar.T, lower=True).T #~ Sbar = solve_triangular(L, Sbar, lower=True, trans=1)
    return 0.5 * (Sbar + Sbar.T)  #~ return Sbar #~ return Sbar + Sbar.T


# Cholesky factor, unblocked loops

def cholesky_loops(A):
    n = A.shape[0]
    L = np.zeros_like(A)
    for j in range(n):
        L[j, j] = np.sqrt(A[j, j] - L[j, :j] @ L[j, :j])
        for i in range(j + 1, n):
            L[i, j] = (A[i, j] - L[i, :j] @ L[j, :j]) / L[j, j]
    return L


def cholesky_loops_vjp(g, A):
    n = A.shape[0]
    L = cholesky_loops(A)
    Lb = np.tril(g).copy()
    Ab = np.zeros_like(A)
    for j in reversed(range(n)):
        for i in reversed(range(j + 1, n)):
            Ab[i, j] = Lb[i, j] / L[j, j]  #~ Ab[i, j] = Lb[i, j]
            Lb[j, j] -= Lb[i, j] * L[i, j] / L[j, j]  #~ Lb[j, j] += Lb[i, j] * L[i, j] / L[j, j] #~
            Lb[i, :j] -= Ab[i, j] * L[j, :j]
            Lb[j, :j] -= Ab[i, j] * L[i, :j]  #~ Lb[j, :j] -= Ab[i, j] * L[j, :j]
        Ab[j, j] = Lb[j, j] / (2 * L[j, j])  #~ Ab[j, j] = Lb[j, j] / L[j, j]
        Lb[j, :j] -= 2 * Ab[j, j] * L[j, :j]  #~ Lb[j, :j] -= Ab[j, j] * L[j, :j]
    return Ab


# linear solve

def solve(A, b):
    return np.linalg.solve(A, b)


def solve_vjp(xbar, A, b):
    x = np.linalg.solve(A, b)
    bbar = np.linalg.solve(A.T, xbar)  #~ bbar = np.linalg.solve(A, xbar)
    Abar = -np.outer(bbar, x)  #~ Abar = np.outer(bbar, x) #~ Abar = -np.outer(x, bbar) #~ Abar = -np.outer(xbar, x)
    return Abar, bbar


# inverse and log-determinant in one objective: Gaussian precision estimation

def graphical(Theta, S, lam):
    sign, logdet = np.linalg.slogdet(Theta)
    return np.trace(S @ Theta) - logdet + lam * np.sum(Theta ** 2)


def graphical_gradient(Theta, S, lam):
    G = S.T - np.linalg.inv(Theta).T  #~ G = S.T + np.linalg.inv(Theta).T #~ G = S.T - np.linalg.inv(Theta) #~ G = S - np.linalg.inv(Theta).T
    G += 2 * lam * Theta  #~ G += lam * Theta
    return G


# inverse

def inv_loss(A, C):
    return np.sum(C * np.linalg.inv(A))


def inv_grad(A, C):
    B = np.linalg.inv(A)
    return -B.T @ C @ B.T  #~ return -B @ C @ B #~ return B.T @ C @ B.T #~ return -B.T @ C.T @ B.T


# Gaussian process: marginal likelihood with three hyperparameters

class GaussianProcess:
    def __init__(self, X, y):
        self.X, self.y = X, y
        self.sq = ((X[:, None] - X[None]) ** 2).sum(-1)

    def kernel(self, theta):
        ell, sf, sn = np.exp(theta)
        K = sf ** 2 * np.exp(-0.5 * self.sq / ell ** 2)
        return K, K + sn ** 2 * np.eye(len(self.y))

    def nll(self, theta):
        _, Ky = self.kernel(theta)
        L = np.linalg.cholesky(Ky)
        alpha = cho_solve((L, True), self.y)
        return 0.5 * self.y @ alpha + np.log(np.diag(L)).sum()

    def dnll(self, theta):
        ell, sf, sn = np.exp(theta)
        K, Ky = self.kernel(theta)
        Kinv = np.linalg.inv(Ky)
        alpha = Kinv @ self.y
        A = np.outer(alpha, alpha) - Kinv  #~ A = np.outer(alpha, alpha) + Kinv #~ A = Kinv - np.outer(alpha, alpha)
        dK = [
            K * self.sq / ell ** 2,  #~ K * self.sq / ell ** 3, #~ K * self.sq / (2 * ell ** 2),
            2 * K,  #~ 2 * Ky, #~ K,
            2 * sn ** 2 * np.eye(len(K)),  #~ 2 * sn * np.eye(len(K)),
        ]
        return np.array([-0.5 * np.trace(A @ D) for D in dK])  #~ return np.array([-np.trace(A @ D) for D in dK])


# eigenvalues and eigenvectors of a symmetric matrix: spectral function

def entropy_of_spectrum(A):
    w = np.linalg.eigvalsh((A + A.T) / 2)
    return np.sum(w * np.log(w))


def entropy_of_spectrum_grad(A):
    w, V = np.linalg.eigh((A + A.T) / 2)
    G = np.zeros_like(A)
    for i in range(len(w)):
        G += (np.log(w[i]) + 1) * np.outer(V[:, i], V[:, i])  #~ G += np.log(w[i]) * np.outer(V[:, i], V[:, i]) #~ G += (np.log(w[i]) + 1) * np.outer(V[i], V[i]) #~ G = (np.log(w[i]) + 1) * np.outer(V[:, i], V[:, i])
    return G


# matrix exponential by its series, as a vjp

def expm_series(A, terms=14):
    E, T = np.eye(len(A)), np.eye(len(A))
    for k in range(1, terms):
        T = T @ A / k
        E = E + T
    return E


def expm_series_vjp(G, A, terms=14):
    Ts = [np.eye(len(A))]
    for k in range(1, terms):
        Ts.append(Ts[-1] @ A / k)
    Abar = np.zeros_like(A)
    Tbar = np.zeros_like(A)
    for k in range(terms - 1, 0, -1):
        Tbar = Tbar + G  #~ Tbar = G
        Abar += Ts[k - 1].T @ Tbar / k  #~ Abar += Ts[k].T @ Tbar / k #~ Abar += Ts[k - 1] @ Tbar / k #~ Abar += Ts[k - 1].T @ Tbar
        Tbar = Tbar @ A.T / k  #~ Tbar = Tbar @ A / k #~ Tbar = Tbar @ A.T
    return Abar


# ridge regression solved inside: generalised cross validation of the penalty

def gcv(log_lam, X, y):
    n, p = X.shape
    lam = np.exp(log_lam)
    H = X @ np.linalg.solve(X.T @ X + lam * np.eye(p), X.T)
    r = y - H @ y
    return n * (r @ r) / np.trace(np.eye(n) - H) ** 2


def gcv_derivative(log_lam, X, y):
    n, p = X.shape
    lam = np.exp(log_lam)
    M = np.linalg.inv(X.T @ X + lam * np.eye(p))
    H = X @ M @ X.T
    dH = -lam * X @ M @ M @ X.T  #~ dH = -X @ M @ M @ X.T #~ dH = lam * X @ M @ M @ X.T
    r = y - H @ y
    dr = -dH @ y
    t = np.trace(np.eye(n) - H)
    dt = -np.trace(dH)  #~ dt = np.trace(dH)
    return n * (2 * r @ dr / t ** 2 - 2 * (r @ r) * dt / t ** 3)  #~ return n * (2 * r @ dr / t ** 2 - (r @ r) * dt / t ** 3) #~ return n * (r @ dr / t ** 2 - 2 * (r @ r) * dt / t ** 3)


# multivariate normal with a factor covariance; Sherman-Morrison-Woodbury

def factor_nll(F, d, X):
    S = F @ F.T + np.diag(np.exp(d))
    c = cho_factor(S, lower=True)
    n = len(X)
    return 0.5 * n * 2 * np.log(np.diag(c[0])).sum() + 0.5 * np.sum(X.T * cho_solve(c, X.T))


def factor_grad(F, d, X):
    n = len(X)
    psi = np.exp(d)
    Fp = F / psi[:, None]
    core = np.linalg.inv(np.eye(F.shape[1]) + F.T @ Fp)
    Sinv = np.diag(1 / psi) - Fp @ core @ Fp.T
    Z = X @ Sinv
    dS = 0.5 * (n * Sinv - Z.T @ Z)  #~ dS = 0.5 * (Sinv - Z.T @ Z) #~ dS = 0.5 * (n * Sinv + Z.T @ Z)
    dF = 2 * dS @ F  #~ dF = dS @ F
    dd = np.diag(dS) * psi  #~ dd = np.diag(dS) #~ dd = np.diag(dS) / psi
    return dF, dd


# triangular solves with a packed factor

def packed_solve(theta, b):
    n = len(b)
    L = np.zeros((n, n))
    L[np.tril_indices(n)] = theta
    return solve_triangular(L, b, lower=True)


def packed_solve_vjp(g, theta, b):
    n = len(b)
    rows, cols = np.tril_indices(n)
    L = np.zeros((n, n))
    L[rows, cols] = theta
    x = solve_triangular(L, b, lower=True)
    db = solve_triangular(L.T, g, lower=False)  #~ db = solve_triangular(L, g, lower=True)
    dtheta = -db[rows] * x[cols]  #~ dtheta = -db[cols] * x[rows] #~ dtheta = db[rows] * x[cols]
    return dtheta, db


# low-rank approximation of a tensor

def cp_loss(A, B, C, T):
    return 0.5 * np.sum((np.einsum("ir,jr,kr->ijk", A, B, C) - T) ** 2)


def cp_gradient(A, B, C, T):
    R = np.einsum("ir,jr,kr->ijk", A, B, C) - T
    gA = np.einsum("ijk,jr,kr->ir", R, B, C)
    gB = np.einsum("ijk,ir,kr->jr", R, A, C)  #~ gB = -np.einsum("ijk,ir,kr->jr", R, A, C)
    gC = np.einsum("ijk,ir,jr->kr", R, A, B)
    return gA, gB, gC


# Lyapunov equation through a Kronecker system

def lyapunov_trace(A, Q):
    n = len(A)
    M = np.kron(np.eye(n), A) + np.kron(A, np.eye(n))
    X = np.linalg.solve(M, -Q.reshape(-1)).reshape(n, n)
    return np.trace(X @ X.T)


def lyapunov_grad(A, Q):
    n = len(A)
    M = np.kron(np.eye(n), A) + np.kron(A, np.eye(n))
    X = np.linalg.solve(M, -Q.reshape(-1)).reshape(n, n)
    P = np.linalg.solve(M.T, 2 * X.reshape(-1)).reshape(n, n)  #~ P = np.linalg.solve(M, 2 * X.reshape(-1)).reshape(n, n) #~ P = np.linalg.solve(M.T, X.reshape(-1)).reshape(n, n)
    dQ = -P
    dA = -(P.T @ X + P @ X.T)  #~ dA = P.T @ X + P @ X.T #~ dA = -P @ X.T #~ dA = -(P.T @ X + P @ X)
    return dA, dQ


def cases(r):
    def spd(n):
        B = r.normal(size=(n, n))
        return B @ B.T + n * np.eye(n)

    yield "Cholesky factor", dict(f=chol, inputs=[spd(3)], vjp=chol_vjp)
    yield "Cholesky factor in loops", dict(f=cholesky_loops, inputs=[spd(4)], vjp=cholesky_loops_vjp)
    A = r.normal(size=(3, 3)) + 3 * np.eye(3)
    yield "linear solve", dict(f=solve, inputs=[A, r.normal(size=3)], vjp=solve_vjp)
    S = r.normal(size=(3, 3))
    yield "precision matrix", dict(
        f=lambda T: graphical(T, S, 0.1), inputs=[A], gradient=lambda T: graphical_gradient(T, S, 0.1))
    yield "matrix inverse", dict(f=lambda A: inv_loss(A, S), inputs=[A], gradient=lambda A: inv_grad(A, S))
    X, y = r.normal(size=(6, 2)), r.normal(size=6)
    gp = GaussianProcess(X, y)
    yield "Gaussian process", dict(f=gp.nll, inputs=[0.3 * r.normal(size=3)], gradient=gp.dnll)
    yield "spectral entropy", dict(f=entropy_of_spectrum, inputs=[spd(3)], gradient=entropy_of_spectrum_grad)
    yield "matrix exponential", dict(f=expm_series, inputs=[0.5 * r.normal(size=(3, 3))], vjp=expm_series_vjp)
    yield "cross validation of a penalty", dict(
        f=lambda l: gcv(l, X, y), inputs=[float(0.3 * r.normal())], gradient=lambda l: gcv_derivative(l, X, y))
    Y = r.normal(size=(4, 3))
    yield "factor model", dict(
        f=lambda F, d: factor_nll(F, d, Y), inputs=[r.normal(size=(3, 2)), 0.3 * r.normal(size=3)],
        gradient=lambda F, d: factor_grad(F, d, Y))
    theta = r.normal(size=6)
    theta[[0, 2, 5]] += 3
    yield "packed triangular solve", dict(f=packed_solve, inputs=[theta, r.normal(size=3)], vjp=packed_solve_vjp)
    T = r.normal(size=(3, 2, 2))
    yield "tensor decomposition", dict(
        f=lambda A, B, C: cp_loss(A, B, C, T),
        inputs=[r.normal(size=(3, 2)), r.normal(size=(2, 2)), r.normal(size=(2, 2))],
        gradient=lambda A, B, C: cp_gradient(A, B, C, T))
    yield "Lyapunov equation", dict(
        f=lyapunov_trace, inputs=[A, r.normal(size=(3, 3))], gradient=lyapunov_grad)

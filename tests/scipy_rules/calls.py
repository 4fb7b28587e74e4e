"""A call of every function of SciPy that takes numbers, as one letter for each argument.

``CALLS`` maps the public name of a function to calls of it, such as ``"Su"`` for a matrix and a vector.
To add the sample of a function, write a call that returns finite floating point numbers.
"""

import numpy as np

_random = np.random.default_rng(0)

V, W = _random.uniform(0.2, 0.9, 6), _random.uniform(0.3, 0.8, 6)
M = _random.uniform(-1, 1, (4, 4))

#: What the letters stand for.
ARGUMENTS = {
    "v": V, "w": W, "S": M @ M.T + np.eye(4), "M": M + 3 * np.eye(4), "u": _random.uniform(0.2, 0.9, 4),
    "x": 0.4, "y": 0.7, "1": 1, "2": 2, "3": 3,
}  # fmt: skip

_TABLE = {
    "fft": """
        fft:v ifft:v fft2:S ifft2:S fftn:v|x ifftn:v|x rfft:v irfft:v rfft2:S irfft2:S rfftn:v irfftn:v hfft:v
        ihfft:v hfft2:S ihfft2:S hfftn:v ihfftn:v fftfreq:1v|1x rfftfreq:1v|1x fftshift:v ifftshift:v dct:v
        idct:v dst:v idst:v dctn:v|x idctn:v|x dstn:v|x idstn:v|x fht:v11 ifht:v11 fhtoffset:vw|xx
    """,
    "integrate": """
        cumulative_simpson:v cumulative_trapezoid:v newton_cotes:v2|1x simpson:v trapezoid:v
    """,
    "interpolate": """
        barycentric_interpolate:SSu bisplrep:MSS griddata:vwv krogh_interpolate:vwv make_splprep:S splprep:S
    """,
    "linalg": """
        block_diag:v cdf2rdf:uS cho_factor:S cholesky:S cholesky_banded:v circulant:v
        clarkson_woodruff_transform:S2 companion:v convolution_matrix:v2 coshm:S cosm:S cossin:S2 det:S dft:x
        eig:S eig_banded:S eigh:S eigvals:S eigvals_banded:S eigvalsh:S expm:S expm_cond:S expm_frechet:SS
        fiedler:v fiedler_companion:v fractional_matrix_power:S2 hankel:v helmert:1x|2x hessenberg:S inv:S
        khatri_rao:SS ldl:S logm:S lstsq:SS lu:S lu_factor:S matmul_toeplitz:vw matrix_balance:S
        norm:v null_space:Su ordqz:SS orth:S orthogonal_procrustes:SS pinv:S pinvh:S polar:S qr:S
        qr_delete:MSS qr_multiply:SS qz:SS rq:S rsf2csf:SS schur:S signm:S sinhm:S sinm:S solve:SS
        solve_circulant:vw solve_continuous_are:yxyx solve_continuous_lyapunov:SS
        solve_discrete_are:yxyx solve_discrete_lyapunov:SS solve_lyapunov:SS solve_sylvester:MSS
        solve_toeplitz:vw solve_triangular:SS sqrtm:S subspace_angles:SS svd:S svdvals:S
        tanhm:S tanm:S
    """,
    "ndimage": """
        black_tophat:MSS|xx center_of_mass:v convolve:vw|xx convolve1d:vw correlate:vw|xx correlate1d:vw
        distance_transform_bf:v|x distance_transform_edt:v|x extrema:v|x fourier_ellipsoid:v2
        fourier_gaussian:v2 fourier_shift:v2 fourier_uniform:v2 gaussian_filter:v2|xx gaussian_filter1d:v2
        gaussian_gradient_magnitude:v2|xx gaussian_laplace:v2|xx generic_gradient_magnitude:xv
        generic_laplace:xv grey_closing:MSS|xx grey_dilation:MSS|xx grey_erosion:MSS|xx grey_opening:MSS|xx
        iterate_structure:v1|xx laplace:v|x maximum:v|x maximum_filter:MSS|xx maximum_filter1d:v2 mean:v|x
        median:v|x median_filter:MSS|xx minimum:v|x minimum_filter:MSS|xx minimum_filter1d:v2
        morphological_gradient:MSS|xx morphological_laplace:MSS|xx percentile_filter:v11|xyx prewitt:v
        rank_filter:S23 rotate:S2 shift:v2 sobel:v spline_filter:v|x spline_filter1d:v|x1
        standard_deviation:v|x sum:v|x sum_labels:v|x uniform_filter:v|x uniform_filter1d:v2 variance:v|x
        white_tophat:MSS|xx zoom:v2
    """,
    "optimize": """
        isotonic_regression:v|x linprog:v lsq_linear:Su milp:v|x nnls:Su quadratic_assignment:SS|xx
        rosen:v rosen_der:v rosen_hess:v rosen_hess_prod:vw
    """,
    "signal": """
        abcd_normalize:MSS|xyx bessel:1x|2x bilinear:vw|xx bilinear_zpk:yxyx bode:uS butter:1x|2x
        cheb1ap:1x|2x cheb2ap:1x|2x cheby1:12x cheby2:12x chirp:yxyx choose_conv_method:yxyx
        closest_STFT_dual_window:v2 coherence:vw convolve:vw|xx convolve2d:SS correlate:vw|xx correlate2d:SS
        correlation_lags:xy csd:vw cspline1d:v cspline1d_eval:vw czt:v czt_points:1v|1x dbode:SS
        deconvolve:vw|xx detrend:v dfreqresp:SS dimpulse:u dstep:u ellipap:12x envelope:v fftconvolve:vw|xx
        findfreqs:vv1 firwin:1x|2x freqresp:uS freqs:vw freqs_zpk:vv1|xyx freqz:v|x freqz_sos:v
        freqz_zpk:vv1|xyx gauss_spline:v2|xx gausspulse:v|x get_window:x1 hilbert:v hilbert2:v|x iircomb:xx
        iirnotch:xx iirpeak:xx impulse:u invres:Suu|xyx invresz:Suu|xyx istft:S kaiser_atten:vw|xx
        kaiser_beta:x lfilter:vwv lfilter_zi:vw lfiltic:vwv lombscargle:vwv lp2bp:vw|xx lp2bp_zpk:vwv|xyx
        lp2bs:vw|xx lp2bs_zpk:vwv|xyx lp2hp:vw|xx lp2hp_zpk:vwv|xyx lp2lp:vw|xx lp2lp_zpk:MSS|xyx medfilt:v|x
        medfilt2d:S minimum_phase:v normalize:vw|xx oaconvolve:vw|xx periodogram:v qspline1d:v
        qspline1d_eval:vw resample:v2 resample_poly:v11 residue:vw|xx residuez:vw|xx sawtooth:v|x sos2tf:S
        sos2zpk:S sosfilt:vw sosfreqz:v spectrogram:v square:v|x ss2tf:yxyx ss2zpk:yxyx step:u stft:v
        sweep_poly:vw tf2sos:vw|xx tf2ss:vw|xx tf2zpk:vw|xx unique_roots:v upfirdn:vw vectorstrength:vw|xx
        welch:v wiener:v zoom_fft:v2 zpk2sos:vv1 zpk2ss:Suu|xyx zpk2tf:Suu|xyx
    """,
    "sparse": """
        block_diag:v diags:v diags_array:v eye:x eye_array:x find:v identity:x kron:vw|xx kronsum:SS|xx
        permute_dims:v rand:xx random:xx tril:v|x triu:v|x
    """,
    "sparse.linalg": """
        bicg:Su bicgstab:Su cgs:Su eigs:S eigsh:S2 expm:S expm_multiply:SS gcrotmk:Suu gmres:Su
        lsmr:Su lsqr:Su matrix_power:S2 minres:Su onenormest:S qmr:Su spsolve_triangular:SS svds:S2 tfqmr:Suu
    """,
    "spatial": """
        distance_matrix:SM geometric_slerp:vwv minkowski_distance:vw|xx minkowski_distance_p:vw|xx
    """,
    "spatial.distance": """
        braycurtis:vw canberra:vw cdist:SM chebyshev:vw cityblock:vw correlation:vwv cosine:vw dice:vw
        directed_hausdorff:SS euclidean:vw hamming:vw jaccard:vw jensenshannon:vw|xx minkowski:vw pdist:S
        rogerstanimoto:vw russellrao:vw seuclidean:vwv sokalsneath:vw sqeuclidean:vw squareform:v|x yule:vw
    """,
    "special": """
        agm:vw|xx bdtr:vwv|xyx bdtrc:vwv|xyx bdtri:vwv|12x bdtrik:vwv|xyx bdtrin:vwv|xyx betainc:vwv|xyx
        betaincc:vwv|xyx betainccinv:vwv|xyx betaincinv:vwv|xyx boxcox:vw|xx boxcox1p:vw|xx btdtria:vwv|xyx
        btdtrib:vwv|xyx chdtr:vw|xx chdtrc:vw|xx chdtri:vw|xx chdtriv:vw|xx chndtr:vwv|xyx chndtridf:vwv|xyx
        chndtrinc:vwv|xyx chndtrix:vwv|xyx elliprc:vw|xx elliprd:vwv|xyx elliprf:vwv|xyx elliprg:vwv|xyx
        elliprj:yxyx entr:v|x erfcinv:v|x erfinv:u|x eval_chebyc:vw|xx eval_chebys:vw|xx eval_chebyt:vw|xx
        eval_chebyu:vw|xx eval_gegenbauer:vwv|xyx eval_genlaguerre:vwv|xyx eval_hermite:1v|1x
        eval_hermitenorm:1v|1x eval_jacobi:yxyx eval_laguerre:vw|xx eval_legendre:vw|xx eval_sh_chebyt:vw|xx
        eval_sh_chebyu:vw|xx eval_sh_jacobi:yxyx eval_sh_legendre:vw|xx expn:vw|xx fdtr:vwv|xyx fdtrc:vwv|xyx
        fdtri:vwv|xyx fdtridfd:vwv|xyx gdtr:vwv|xyx gdtrc:vwv|xyx gdtria:vwv|xyx gdtrib:vwv|xyx gdtrix:vwv|xyx
        huber:xy|yx hyp0f1:vw|xx hyp1f1:vwv|xyx hyperu:vwv|xyx inv_boxcox:vw|xx inv_boxcox1p:vw|xx
        kl_div:vw|xx kn:vw|xx kolmogi:v|x kolmogorov:v|x lpmv:vwv|12x nbdtr:vwv|12x nbdtrc:vwv|12x
        nbdtri:vwv|12x nbdtrik:vwv|xyx nbdtrin:vwv|xyx ncfdtr:yxyx ncfdtri:yxyx ncfdtridfd:yxyx
        ncfdtridfn:yxyx ncfdtrinc:yxyx nctdtr:vwv|xyx nctdtridf:vwv|xyx nctdtrinc:vwv|xyx nctdtrit:vwv|xyx
        ndtri:u|x nrdtrimn:vwv|xyx nrdtrisd:vwv|xyx owens_t:vw|xx pdtr:vw|xx pdtrc:vw|xx pdtri:vw|xx
        pdtrik:vw|xx poch:vw|xx powm1:vw|xx pseudo_huber:xy rel_entr:vw|xx round:v|x shichi:v|x sici:v|x
        smirnov:vw|1x smirnovi:vw|1x spence:v|x stdtr:vw|xx stdtridf:vw|xx stdtrit:vw|xx tklmbda:vw|xx
        wrightomega:v|x yn:vw|xx jn:vw|xx airy:v|x airye:v|x bei:v|x beip:v|x ber:v|x berp:v|x binom:vw|xx
        exp1:v|x expi:v|x expit:v|x exprel:v|x gamma:v|x gammaln:v|x hankel1:vw|xx hankel1e:vw|xx
        hankel2:vw|xx hankel2e:vw|xx hyp2f1:yxyx it2i0k0:v|x it2j0y0:v|x it2struve0:v|x itairy:v|x iti0k0:v|x
        itj0y0:v|x itmodstruve0:v|x itstruve0:v|x iv:vw|xx ive:vw|xx jv:vw|xx jve:vw|xx kei:v|x keip:v|x
        kelvin:v|x ker:v|x kerp:v|x kv:vw|xx kve:vw|xx log_expit:v|x log_wright_bessel:vwv|xyx loggamma:v|x
        logit:u|x mathieu_a:vw|1x mathieu_b:vw|1x mathieu_cem:vwv|12x mathieu_modcem1:vwv|12x
        mathieu_modcem2:vwv|12x mathieu_modsem1:vwv|12x mathieu_modsem2:vwv|12x mathieu_sem:vwv|12x
        modfresnelm:v|x modfresnelp:v|x obl_cv:vwv|12x pbdv:vw|xx pbvv:vw|xx pbwa:vw|xx pro_cv:vwv|12x psi:v|x
        rgamma:v|x wright_bessel:vwv|xyx yv:vw|xx yve:vw|xx zetac:u|x sindg:v|x cosdg:v|x tandg:v|x cotdg:v|x
        i0:v|x i0e:v|x i1:v|x i1e:v|x k0:v|x k0e:v|x k1:v|x k1e:v|x y0:v|x y1:v|x j0:v|x j1:v|x struve:vw|xx
        modstruve:vw|xx beta:vw|xx betaln:vw|xx besselpoly:vwv|xyx gammasgn:v|x cbrt:v|x radian:vwv|xyx
        cosm1:v|x gammainc:vw|xx gammaincinv:vw|xx gammaincc:vw|xx gammainccinv:vw|xx fresnel:v|x ellipe:v|x
        ellipeinc:vw|xx ellipk:u|x ellipkinc:vw|xx ellipkm1:v|x ellipj:vw|xx erf:v|x erfc:v|x erfcx:v|x
        erfi:v|x voigt_profile:vwv|xyx wofz:v|x dawsn:v|x ndtr:v|x log_ndtr:v|x exp2:v|x exp10:v|x expm1:v|x
        log1p:v|x xlogy:vw|xx xlog1py:vw|xx assoc_laguerre:vw|xx bernoulli:x comb:yx digamma:v|x diric:vw|x1
        euler:x factorial:v|x h1vp:vw|xx h2vp:vw|xx ivp:vw|xx jvp:vw|xx kvp:vw|xx lmbda:xx lqmn:xyx lqn:1v|1x
        mathieu_even_coef:1x|2x mathieu_odd_coef:1x|2x obl_cv_seq:12x pbdn_seq:1x|2x pbdv_seq:xx pbvv_seq:xx
        perm:yx polygamma:1v pro_cv_seq:12x riccati_jn:1x|2x riccati_yn:1x|2x sinc:v|x softplus:v|x
        y0_zeros:1x|2x y1_zeros:1x|2x y1p_zeros:1x|2x yvp:vw|xx zeta:MSS|x roots_legendre:1x|2x
        roots_chebyt:1x|2x roots_chebyu:1x|2x roots_chebyc:1x|2x roots_chebys:1x|2x roots_jacobi:12x
        roots_laguerre:1x|2x roots_genlaguerre:1x|2x roots_hermite:1x|2x roots_hermitenorm:1x|2x
        roots_gegenbauer:1x|2x roots_sh_legendre:1x|2x roots_sh_chebyt:1x|2x roots_sh_chebyu:1x|2x
        roots_sh_jacobi:12x p_roots:1x|2x t_roots:1x|2x u_roots:1x|2x c_roots:1x|2x s_roots:1x|2x j_roots:12x
        l_roots:1x|2x la_roots:1x|2x h_roots:1x|2x he_roots:1x|2x cg_roots:1x|2x ps_roots:1x|2x ts_roots:1x|2x
        us_roots:1x|2x js_roots:12x assoc_legendre_p:12x assoc_legendre_p_all:12x legendre_p:v11|1x
        legendre_p_all:1v|1x sph_legendre_p:12x sph_legendre_p_all:12x logsumexp:v|x softmax:v|x
        log_softmax:v|x multigammaln:y1 lambertw:v|x spherical_jn:vw|xx spherical_yn:vw|xx
        spherical_in:vw|xx spherical_kn:vw|xx
    """,
    "stats": """
        anderson:v anderson_ksamp:S ansari:vw|xx bayes_mvs:u binned_statistic:vw|xx binned_statistic_2d:vwv
        binned_statistic_dd:vw|xx boxcox:vx|xx boxcox_normmax:u chi2_contingency:v chisquare:v|x circmean:v|x
        circstd:v|x circvar:v|x combine_pvalues:v|x cumfreq:v|x describe:v|x differential_entropy:v energy_distance:vw entropy:v|x
        expectile:v|x f_oneway:v2|vw false_discovery_control:v|x fligner:vwv friedmanchisquare:vw3|xyx gmean:v|x
        gstd:v gzscore:u hmean:v|x jarque_bera:u kruskal:v2|xy ks_2samp:vw|xx kstat:v|x1 kstatvar:v
        kstest:vw|xx kurtosis:u linregress:vw lmoment:v|x mannwhitneyu:vw|xx median_abs_deviation:v|x mode:v|x moment:v|x
        mood:v2 obrientransform:v pearsonr:vw percentileofscore:vw pmean:v2|xx power_divergence:v|x ppcc_max:u probplot:v
        quantile:vw rankdata:v|x ranksums:vw|xx relfreq:v scoreatpercentile:vw|xx sem:v shapiro:v
        siegelslopes:v sigmaclip:v|x skew:u spearmanr:Su theilslopes:v tiecorrect:v tmax:v|x tmean:v|x
        tmin:v|x trim1:vx trim_mean:vx|xx trimboth:vx tsem:v tstd:v ttest_1samp:v2 ttest_ind:v2|vw ttest_ind_from_stats:xy3yx3 ttest_rel:v2|vw
        tvar:v variation:v|x wasserstein_distance:vw wasserstein_distance_nd:vw weightedtau:SS wilcoxon:v|x
        yeojohnson:v|x|vx yeojohnson_llf:xv yeojohnson_normmax:v|x zmap:Su zscore:u
    """,
}

#: By the public name, without ``scipy.``.
CALLS = {
    f"{package}.{name}": calls.split("|")
    for package, text in _TABLE.items()
    for name, calls in (entry.split(":") for entry in text.split())
}

import numpy as np


# pinhole camera with radial distortion: Jacobian by the point, filled by columns

def project(P, f=1.3, k=0.1):
    x, y = P[0] / P[2], P[1] / P[2]
    r2 = x ** 2 + y ** 2
    d = 1 + k * r2
    return np.array([f * d * x, f * d * y])


def project_jacobian(P, f=1.3, k=0.1):
    X, Y, Z = P
    x, y = X / Z, Y / Z
    d = 1 + k * (x ** 2 + y ** 2)
    J = np.zeros((2, 3))
    duv = np.array([
        [d + 2 * k * x * x, 2 * k * x * y],  #~ [d + k * x * x, 2 * k * x * y], #~ [d, 2 * k * x * y],
        [2 * k * x * y, d + 2 * k * y * y],
    ])
    J[:, 0] = f * duv @ np.array([1 / Z, 0])
    J[:, 1] = f * duv @ np.array([0, 1 / Z])
    J[:, 2] = f * duv @ np.array([-x / Z, -y / Z])  #~ J[:, 2] = f * duv @ np.array([x / Z, y / Z]) #~ J[:, 2] = f * duv @ np.array([-X / Z, -Y / Z])
    return J


# rotation by Rodrigues' formula, applied to a point

def skew(w):
    return np.array([[0, -w[2], w[1]], [w[2], 0, -w[0]], [-w[1], w[0], 0]])


def rotate(w, p):
    th = np.linalg.norm(w)
    k = w / th
    return p * np.cos(th) + np.cross(k, p) * np.sin(th) + k * np.dot(k, p) * (1 - np.cos(th))


def rotate_jacobian(w, p):
    th = np.linalg.norm(w)
    k = w / th
    c, s = np.cos(th), np.sin(th)
    dth = k
    dk = (np.eye(3) - np.outer(k, k)) / th  #~ dk = np.eye(3) / th #~ dk = np.eye(3) - np.outer(k, k)
    by_th = -s * p + c * np.cross(k, p) + s * k * np.dot(k, p)  #~ by_th = s * p + c * np.cross(k, p) + s * k * np.dot(k, p) #~ by_th = -s * p + c * np.cross(k, p) - s * k * np.dot(k, p)
    by_k = -skew(p) * s + (1 - c) * (np.dot(k, p) * np.eye(3) + np.outer(k, p))  #~ by_k = skew(p) * s + (1 - c) * (np.dot(k, p) * np.eye(3) + np.outer(k, p)) #~ by_k = -skew(p) * s + (1 - c) * (np.dot(k, p) * np.eye(3) + np.outer(p, k)) #~ by_k = -skew(p) * s + (1 - c) * np.outer(k, p)
    Jw = np.outer(by_th, dth) + by_k @ dk
    Jp = c * np.eye(3) + s * skew(k) + (1 - c) * np.outer(k, k)
    return Jw, Jp


# bundle adjustment: cameras (small rotation angles and shift) and points

def residuals(cams, pts, obs):
    res = []
    for c, p, uv in obs:
        a, t = cams[c, :3], cams[c, 3:]
        q = pts[p] + np.cross(a, pts[p]) + t
        res.append(q[:2] / q[2] - uv)
    return np.concatenate(res)


def ba_loss(cams, pts, obs):
    return 0.5 * np.sum(residuals(cams, pts, obs) ** 2)


def ba_gradient(cams, pts, obs):
    gc, gp = np.zeros_like(cams), np.zeros_like(pts)
    for c, p, uv in obs:
        a, t = cams[c, :3], cams[c, 3:]
        X = pts[p]
        q = X + np.cross(a, X) + t
        e = q[:2] / q[2] - uv
        dq = np.array([e[0] / q[2], e[1] / q[2], -(e @ q[:2]) / q[2] ** 2])  #~ dq = np.array([e[0] / q[2], e[1] / q[2], -(e @ q[:2]) / q[2]]) #~ dq = np.array([e[0] / q[2], e[1] / q[2], (e @ q[:2]) / q[2] ** 2]) #~ dq = np.array([e[0] / q[2], e[1] / q[2], 0.0])
        gc[c, :3] += np.cross(X, dq)  #~ gc[c, :3] += np.cross(dq, X) #~ gc[c, :3] = np.cross(X, dq)
        gc[c, 3:] += dq  #~ gc[c, 3:] = dq
        gp[p] += dq + np.cross(dq, a)  #~ gp[p] += dq #~ gp[p] += dq + np.cross(a, dq)
    return gc, gp


# homography applied to points

def transfer(h, xy):
    H = np.append(h, 1).reshape(3, 3)
    q = np.c_[xy, np.ones(len(xy))] @ H.T
    return (q[:, :2] / q[:, 2:]).reshape(-1)


def transfer_jacobian(h, xy):
    H = np.append(h, 1).reshape(3, 3)
    rows = []
    for x, y in xy:
        u, v, w = H @ np.array([x, y, 1])
        rows.append(np.r_[x / w, y / w, 1 / w, 0, 0, 0, -u * x / w ** 2, -u * y / w ** 2])  #~ rows.append(np.r_[x / w, y / w, 1 / w, 0, 0, 0, u * x / w ** 2, u * y / w ** 2]) #~ rows.append(np.r_[x / w, y / w, 1 / w, 0, 0, 0, -u * x / w, -u * y / w])
        rows.append(np.r_[0, 0, 0, x / w, y / w, 1 / w, -v * x / w ** 2, -v * y / w ** 2])  #~ rows.append(np.r_[0, 0, 0, x / w, y / w, 1 / w, -u * x / w ** 2, -u * y / w ** 2]) #~ rows.append(np.r_[0, 0, 0, x / w, y / w, 1, -v * x / w ** 2, -v * y / w ** 2])
    return np.array(rows)


# quaternion to rotation matrix, normalised inside

def quat_rotate(q, v):
    w, x, y, z = q / np.linalg.norm(q)
    R = np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])
    return R @ v


def quat_rotate_vjp(g, q, v):
    n = np.linalg.norm(q)
    u = q / n
    w, r = u[0], u[1:]
    dw = 2 * g @ np.cross(r, v)  #~ dw = g @ np.cross(r, v) #~ dw = 2 * g @ np.cross(v, r)
    dr = 2 * (w * np.cross(v, g) + (g @ r) * v + (r @ v) * g - 2 * (g @ v) * r)  #~ dr = 2 * (w * np.cross(g, v) + (g @ r) * v + (r @ v) * g - 2 * (g @ v) * r) #~ dr = 2 * (w * np.cross(v, g) + (g @ r) * v + (r @ v) * g - (g @ v) * r)
    du = np.concatenate([[dw], dr])
    dq = (du - u * (u @ du)) / n  #~ dq = du / n #~ dq = du - u * (u @ du)
    dv = g + 2 * w * np.cross(g, r) + 2 * np.cross(np.cross(g, r), r)  #~ dv = g - 2 * w * np.cross(g, r) + 2 * np.cross(np.cross(g, r), r) #~ dv = g + 2 * w * np.cross(g, r)
    return dq, dv


# bilinear sampling of an image at moving points

def sample(img, pts):
    out = np.empty(len(pts))
    for k, (y, x) in enumerate(pts):
        i, j = int(np.floor(y)), int(np.floor(x))
        a, b = y - i, x - j
        out[k] = ((1 - a) * (1 - b) * img[i, j] + (1 - a) * b * img[i, j + 1]
                  + a * (1 - b) * img[i + 1, j] + a * b * img[i + 1, j + 1])
    return out


def sample_vjp(g, img, pts):
    dimg = np.zeros_like(img)
    dpts = np.zeros_like(pts)
    for k, (y, x) in enumerate(pts):
        i, j = int(np.floor(y)), int(np.floor(x))
        a, b = y - i, x - j
        dimg[i, j] += g[k] * (1 - a) * (1 - b)  #~ dimg[i, j] = g[k] * (1 - a) * (1 - b)
        dimg[i, j + 1] += g[k] * (1 - a) * b
        dimg[i + 1, j] += g[k] * a * (1 - b)  #~ dimg[i + 1, j] += g[k] * (1 - a) * b
        dimg[i + 1, j + 1] += g[k] * a * b
        top = img[i, j + 1] - img[i, j]
        bottom = img[i + 1, j + 1] - img[i + 1, j]
        left = img[i + 1, j] - img[i, j]
        right = img[i + 1, j + 1] - img[i, j + 1]
        dpts[k, 0] = g[k] * ((1 - b) * left + b * right)  #~ dpts[k, 0] = g[k] * ((1 - a) * left + a * right) #~ dpts[k, 0] = g[k] * ((1 - b) * right + b * left)
        dpts[k, 1] = g[k] * ((1 - a) * top + a * bottom)  #~ dpts[k, 0] = g[k] * ((1 - a) * top + a * bottom) #~ dpts[k, 1] = ((1 - a) * top + a * bottom)
    return dimg, dpts


# optical flow energy, Horn and Schunck

def horn_schunck(u, v, Ix, Iy, It, alpha):
    data = np.sum((Ix * u + Iy * v + It) ** 2)
    smooth = 0
    for w in (u, v):
        smooth += np.sum(np.diff(w, axis=0) ** 2) + np.sum(np.diff(w, axis=1) ** 2)
    return data + alpha * smooth


def horn_schunck_grad(u, v, Ix, Iy, It, alpha):
    r = Ix * u + Iy * v + It
    grads = [2 * r * Ix, 2 * r * Iy]  #~ grads = [2 * r * Ix, 2 * r * Ix] #~ grads = [r * Ix, r * Iy]
    for g, w in zip(grads, (u, v)):
        dy = 2 * alpha * np.diff(w, axis=0)
        dx = 2 * alpha * np.diff(w, axis=1)
        g[1:] += dy  #~ g[:-1] += dy
        g[:-1] -= dy  #~ #~ g[:-1] += dy
        g[:, 1:] += dx
        g[:, :-1] -= dx  #~ g[:, 1:] -= dx
    return tuple(grads)


# point-to-plane alignment of two scans, planar

def icp(pose, src, dst, normals):
    c, s = np.cos(pose[2]), np.sin(pose[2])
    R = np.array([[c, -s], [s, c]])
    return np.einsum("ij,ij->i", src @ R.T + pose[:2] - dst, normals)


def icp_jacobian(pose, src, dst, normals):
    c, s = np.cos(pose[2]), np.sin(pose[2])
    dR = np.array([[-s, -c], [c, -s]])  #~ dR = np.array([[-s, c], [c, -s]]) #~ dR = np.array([[-s, -c], [-c, -s]])
    J = np.empty((len(src), 3))
    J[:, :2] = normals  #~ J[:, :2] = normals[:, ::-1]
    J[:, 2] = np.sum(src @ dR.T * normals, axis=1)  #~ J[:, 2] = np.sum(src @ dR * normals, axis=1) #~ J[:, 2] = np.sum(dst @ dR.T * normals, axis=1)
    return J


# planar arm with n links: position and heading of the hand

def forward_kinematics(q, lengths):
    a = np.cumsum(q)
    return np.array([lengths @ np.cos(a), lengths @ np.sin(a), a[-1]])


def arm_jacobian(q, lengths):
    n = len(q)
    a = np.cumsum(q)
    J = np.zeros((3, n))
    for i in range(n):
        J[0, i] = -np.sum(lengths[i:] * np.sin(a[i:]))  #~ J[0, i] = np.sum(lengths[i:] * np.sin(a[i:])) #~ J[0, i] = -np.sum(lengths[:i + 1] * np.sin(a[:i + 1])) #~ J[0, i] = -lengths[i] * np.sin(a[i])
        J[1, i] = np.sum(lengths[i:] * np.cos(a[i:]))  #~ J[1, i] = np.sum(lengths[i:] * np.cos(q[i:]))
        J[2, i] = 1.0
    return J


# inverse kinematics cost in space: product of homogeneous transforms

def rot_z(t):
    return np.array([[np.cos(t), -np.sin(t), 0], [np.sin(t), np.cos(t), 0], [0, 0, 1]])


def rot_x(t):
    return np.array([[1, 0, 0], [0, np.cos(t), -np.sin(t)], [0, np.sin(t), np.cos(t)]])


class Arm:
    def __init__(self, twists, offsets, goal):
        self.twists, self.offsets, self.goal = twists, offsets, goal

    def frames(self, q):
        R, p = np.eye(3), np.zeros(3)
        frames = [(R, p)]
        for angle, twist, offset in zip(q, self.twists, self.offsets):
            R = R @ rot_z(angle)
            p = p + R @ offset
            R = R @ rot_x(twist)
            frames.append((R, p))
        return frames

    def cost(self, q):
        return 0.5 * np.sum((self.frames(q)[-1][1] - self.goal) ** 2) + 0.05 * np.sum(q ** 2)

    def gradient(self, q):
        frames = self.frames(q)
        hand = frames[-1][1]
        g = 0.1 * q  #~ g = 0.05 * q #~ g = np.zeros(len(q))
        for i in range(len(q)):
            R, p = frames[i]  #~ R, p = frames[i + 1]
            axis = R[:, 2]  #~ axis = R[2] #~ axis = R[:, 1]
            g[i] += np.cross(axis, hand - p) @ (hand - self.goal)  #~ g[i] += np.cross(hand - p, axis) @ (hand - self.goal) #~ g[i] += np.cross(axis, hand) @ (hand - self.goal)
        return g


# pose graph in the plane: dictionaries of poses

def wrap(a):
    return (a + np.pi) % (2 * np.pi) - np.pi


def graph_error(poses, edges):
    total = 0.0
    for i, j, z in edges:
        a, b = poses[i], poses[j]
        c, s = np.cos(a[2]), np.sin(a[2])
        d = b[:2] - a[:2]
        e = np.array([c * d[0] + s * d[1], -s * d[0] + c * d[1], wrap(b[2] - a[2])]) - z
        total += e @ e
    return total


def graph_gradient(poses, edges):
    g = {k: np.zeros(3) for k in poses}
    for i, j, z in edges:
        a, b = poses[i], poses[j]
        c, s = np.cos(a[2]), np.sin(a[2])
        d = b[:2] - a[:2]
        e = np.array([c * d[0] + s * d[1], -s * d[0] + c * d[1], wrap(b[2] - a[2])]) - z
        back = np.array([c * e[0] - s * e[1], s * e[0] + c * e[1]])  #~ back = np.array([c * e[0] + s * e[1], -s * e[0] + c * e[1]]) #~ back = np.array([c * e[0] - s * e[1], s * e[1] + c * e[0]])
        turn = e[0] * (-s * d[0] + c * d[1]) - e[1] * (c * d[0] + s * d[1])  #~ turn = e[0] * (-s * d[0] + c * d[1]) + e[1] * (c * d[0] + s * d[1])
        g[j][:2] += 2 * back
        g[i][:2] -= 2 * back  #~ g[i][:2] += 2 * back #~ g[i][:2] = -2 * back
        g[j][2] += 2 * e[2]
        g[i][2] += 2 * turn - 2 * e[2]  #~ g[i][2] += 2 * turn #~ g[i][2] += 2 * turn + 2 * e[2] #~ g[i][2] += turn - 2 * e[2]
    return g


def cases(r):
    P = r.normal(size=3) + [0, 0, 4]
    yield "camera", dict(f=project, inputs=[P], gradient=project_jacobian)
    w = r.normal(size=3)
    yield "rotation vector", dict(f=rotate, inputs=[w, r.normal(size=3)], gradient=rotate_jacobian)
    cams, pts = 0.2 * r.normal(size=(2, 6)), r.normal(size=(3, 3)) + [0, 0, 5]
    obs = [(c, p, 0.3 * r.normal(size=2)) for c in range(2) for p in range(3)]
    yield "bundle adjustment", dict(
        f=lambda c, p: ba_loss(c, p, obs), inputs=[cams, pts], gradient=lambda c, p: ba_gradient(c, p, obs))
    h = np.array([1, 0.1, 0.2, -0.1, 1, 0.3, 0.05, 0.02]) + 0.05 * r.normal(size=8)
    xy = r.normal(size=(3, 2))
    yield "homography", dict(
        f=lambda h: transfer(h, xy), inputs=[h], gradient=lambda h: transfer_jacobian(h, xy))
    yield "quaternion", dict(f=quat_rotate, inputs=[r.normal(size=4), r.normal(size=3)], vjp=quat_rotate_vjp)
    yield "bilinear sampling", dict(
        f=sample, inputs=[r.normal(size=(4, 5)), 0.1 + 2.8 * r.random((5, 2))], vjp=sample_vjp)
    Ix, Iy, It = r.normal(size=(3, 3, 4))
    yield "optical flow", dict(
        f=lambda u, v: horn_schunck(u, v, Ix, Iy, It, 0.5), inputs=[r.normal(size=(3, 4)), r.normal(size=(3, 4))],
        gradient=lambda u, v: horn_schunck_grad(u, v, Ix, Iy, It, 0.5))
    src, dst, normals = r.normal(size=(3, 4, 2))
    yield "point to plane", dict(
        f=lambda x: icp(x, src, dst, normals), inputs=[r.normal(size=3)],
        gradient=lambda x: icp_jacobian(x, src, dst, normals))
    lengths = np.array([1.0, 0.8, 0.5])
    yield "planar arm", dict(
        f=lambda q: forward_kinematics(q, lengths), inputs=[r.normal(size=3)], gradient=lambda q: arm_jacobian(q, lengths))
    arm = Arm(np.array([1.5, -1.2, 0.7]), r.normal(size=(3, 3)), r.normal(size=3))
    yield "arm in space", dict(f=arm.cost, inputs=[r.normal(size=3)], gradient=arm.gradient)
    poses = {k: r.normal(size=3) for k in "abc"}
    edges = [("a", "b", r.normal(size=3)), ("b", "c", r.normal(size=3)), ("a", "c", r.normal(size=3))]
    yield "pose graph", dict(
        f=lambda p: graph_error(p, edges), inputs=[poses], gradient=lambda p: graph_gradient(p, edges))

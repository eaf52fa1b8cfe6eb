#!/usr/bin/env python3
"""Writes schedules.json: the learning rates, and momenta, of PyTorch's schedulers, step by step.

usage: make_schedules.py > schedules.json     (Debian's python3-torch 1.13)
"""
import json
import warnings
import torch
from torch.optim import lr_scheduler as s

warnings.filterwarnings("ignore")
STEPS, RATE = 40, 1.0
LOSSES = [5, 4, 3.9, 3.99, 3.95, 3.91, 3.89, 3.9, 3.9, 3.9, 3.8, 3.81, 3.82, 3.83, 3.84, 3.85, 3.86, 3.87, 2, 1.9999, 1.9998, 1.9997,
          1.9996, 1.9995, 1.9994, 1.9993, 1.9992, 1.9991, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5]
ACCURACIES = [0.1, 0.5, 0.6, 0.61, 0.605, 0.606, 0.607, 0.608, 0.609, 0.7, 0.71, 0.72, 0.715, 0.714, 0.713, 0.712, 0.711, 0.71, 0.9, 0.9,
              0.9, 0.9, 0.9, 0.9, 0.91, 0.91, 0.91, 0.91, 0.92, 0.92, 0.92, 0.92, 0.92, 0.92, 0.92, 0.92, 0.92, 0.92, 0.92, 0.92]
SCHEDULERS = {
    "linear": lambda o: s.LinearLR(o),
    "linear-other": lambda o: s.LinearLR(o, start_factor=0.1, end_factor=0.6, total_iters=12),
    "constant": lambda o: s.ConstantLR(o),
    "constant-other": lambda o: s.ConstantLR(o, factor=0.2, total_iters=9),
    "exponential": lambda o: s.ExponentialLR(o, 0.9),
    "step": lambda o: s.StepLR(o, 7, 0.5),
    "multi-step": lambda o: s.MultiStepLR(o, [3, 8, 8, 21], 0.3),
    "cosine": lambda o: s.CosineAnnealingLR(o, STEPS),
    "cosine-other": lambda o: s.CosineAnnealingLR(o, STEPS, eta_min=0.1),
    "restarts": lambda o: s.CosineAnnealingWarmRestarts(o, 6),
    "restarts-growing": lambda o: s.CosineAnnealingWarmRestarts(o, 5, T_mult=2, eta_min=0.05),
    "polynomial": lambda o: s.PolynomialLR(o, STEPS),
    "polynomial-square": lambda o: s.PolynomialLR(o, STEPS, power=2),
    "one-cycle": lambda o: s.OneCycleLR(o, RATE, total_steps=STEPS, cycle_momentum=False),
    "one-cycle-10": lambda o: s.OneCycleLR(o, RATE, total_steps=10, cycle_momentum=False),
    "one-cycle-3": lambda o: s.OneCycleLR(o, RATE, total_steps=3, cycle_momentum=False),
    "one-cycle-linear": lambda o: s.OneCycleLR(o, RATE, total_steps=STEPS, anneal_strategy="linear", cycle_momentum=False),
    "one-cycle-three": lambda o: s.OneCycleLR(o, RATE, total_steps=STEPS, three_phase=True, cycle_momentum=False),
    "one-cycle-momentum": lambda o: s.OneCycleLR(
        o, RATE, total_steps=STEPS, pct_start=0.4, div_factor=10, final_div_factor=100, base_momentum=0.8, max_momentum=0.9),
    "one-cycle-three-linear": lambda o: s.OneCycleLR(
        o, RATE, total_steps=STEPS, pct_start=0.37, three_phase=True, anneal_strategy="linear", base_momentum=0.8, max_momentum=0.9),
    "cyclic": lambda o: s.CyclicLR(o, 0.1, RATE, step_size_up=4, cycle_momentum=False),
    "cyclic-halving": lambda o: s.CyclicLR(o, 0.1, RATE, step_size_up=3, step_size_down=6, mode="triangular2", cycle_momentum=False),
    "cyclic-exponential": lambda o: s.CyclicLR(o, 0.1, RATE, step_size_up=5, mode="exp_range", gamma=0.95, cycle_momentum=False),
    "cyclic-momentum": lambda o: s.CyclicLR(o, 0.1, RATE, step_size_up=5, step_size_down=2, base_momentum=0.8, max_momentum=0.9),
    "plateau": lambda o: s.ReduceLROnPlateau(o, factor=0.5, patience=2),
    "plateau-cooldown": lambda o: s.ReduceLROnPlateau(o, factor=0.5, patience=1, cooldown=3, threshold=0.01),
    "plateau-absolute": lambda o: s.ReduceLROnPlateau(o, factor=0.5, patience=1, threshold=0.05, threshold_mode="abs", min_lr=0.06),
    "plateau-accuracy": lambda o: s.ReduceLROnPlateau(o, mode="max", factor=0.5, patience=1, threshold=0.02),
    "plateau-accuracy-absolute": lambda o: s.ReduceLROnPlateau(
        o, mode="max", factor=0.5, patience=1, threshold=0.02, threshold_mode="abs", cooldown=2),
    "sequential": lambda o: s.SequentialLR(o, [s.ConstantLR(o, 0.1, total_iters=100), s.ExponentialLR(o, 0.9)], milestones=[6]),
    "sequential-warm-up": lambda o: s.SequentialLR(
        o, [s.LinearLR(o, 0.01, total_iters=10), s.CosineAnnealingLR(o, STEPS - 10)], milestones=[10]),
    "chained": lambda o: s.ChainedScheduler([s.LinearLR(o, 0.2, total_iters=8), s.ExponentialLR(o, 0.95)]),
}

golden = {"losses": LOSSES, "accuracies": ACCURACIES, "runs": {}}
for name, make in SCHEDULERS.items():
    parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.SGD([parameter], lr=RATE, momentum=0.5)
    scheduler = make(optimizer)
    steps = {"one-cycle-10": 10, "one-cycle-3": 3}.get(name, STEPS)
    figures = ACCURACIES if "accuracy" in name else LOSSES
    rates, momenta = [], []
    for step in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        momenta.append(optimizer.param_groups[0]["momentum"])
        optimizer.step()
        if step + 1 < steps:
            scheduler.step(*([figures[step]] if "plateau" in name else []))
    golden["runs"][name] = {"rates": rates, **({"momenta": momenta} if "momentum" in name or "three-linear" in name else {})}
print(json.dumps(golden, separators=(",", ":")))

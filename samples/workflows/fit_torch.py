"""Fits a linear model by PyTorch in several processes, which Spark places on the workers or on this machine's GPUs."""

import argparse
import json

import mlflow
from pyspark.ml.torch.distributor import TorchDistributor
from pyspark.sql import SparkSession


def fit(gpu: bool, steps: int) -> float:
    """Runs in each process; every one gets the mean of all gradients, and so the same model. Gives the last loss."""
    import torch
    import torch.distributed as processes

    processes.init_process_group("nccl" if gpu else "gloo")
    device = torch.device("cuda" if gpu else "cpu")
    torch.manual_seed(processes.get_rank())
    features = torch.randn(1_000, 5, device=device)
    target = features @ torch.arange(1.0, 6.0, device=device)
    torch.manual_seed(0)
    model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(5, 1).to(device))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(features).squeeze(1), target)
        loss.backward()
        optimizer.step()
    processes.destroy_process_group()
    return loss.item()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--experiment", required=True)
    parser.add_argument("--processes", type=int, required=True)
    parser.add_argument("--gpu", action="store_true")
    arguments = parser.parse_args()
    SparkSession.builder.getOrCreate()  # the distributor looks for a session: that of the cluster, else one on this machine
    mlflow.set_experiment(arguments.experiment)
    with mlflow.start_run() as run:
        distributor = TorchDistributor(
            num_processes=arguments.processes, local_mode=arguments.gpu, use_gpu=arguments.gpu
        )
        mlflow.log_metric("loss", distributor.run(fit, arguments.gpu, 200))
    print("mlops-result: " + json.dumps({"mlflow_run_id": run.info.run_id}))


namespace NeuralNetFromScratch.Published.Rows;

internal sealed class SklearnBenchAdam : Row
{
    public override string Name => "sklearn-bench-adam";

    public override string Source => "scikit-learn, benchmark bench_mnist, MLP_adam: hidden (100, 100), Adam 1e-3, alpha 1e-4, batch 200, until the training loss has not fallen by 1e-4 for ten epochs";

    public override double? Published => 2.24;

    public override Figure Target => Figure.ErrorAtMost(2.4);

    public override double Run(MnistData data, ulong seed)
    {
        const int Batch = 200;
        var network = new Sequential(
            [28, 28], seed,
            new Dense(100, Activation.Relu, Initializer.GlorotUniform), new Dense(100, Activation.Relu, Initializer.GlorotUniform), new Dense(10));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(1e-3f) { L2Penalty = 1e-4f / Batch });
        trainer.Fit(data.Training, new FitOptions
        {
            Epochs = 400,
            BatchSize = Batch,
            Seed = seed,
            EarlyStopping = new EarlyStopping
            {
                WatchesTraining = true, MinImprovement = 1e-4, Patience = 10, RestoresBest = false,
            },
        });
        return Measure(network.Evaluate(data.Test));
    }
}

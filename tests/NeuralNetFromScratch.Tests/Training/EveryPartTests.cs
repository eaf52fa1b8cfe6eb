using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Layers;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training;

/// <summary>What all parts promise, asked of each: the same bits at any number of threads, and nothing allocated when warm.</summary>
public class EveryPartTests
{
    /// <summary>Large enough that seven workers get something to do.</summary>
    private const int Samples = 300, Width = 200, Classes = 6;

    private static readonly Activation[] Activations =
    [
        Activation.Identity, Activation.Relu, Activation.LeakyRelu(), Activation.Elu(), Activation.Selu, Activation.Gelu, Activation.GeluTanh,
        Activation.Silu, Activation.Softplus, Activation.Sigmoid, Activation.Tanh, Activation.HardSwish, new SwishActivation(),
    ];

    private static readonly Layer[] Layers =
    [
        new Dense(Width), new Dropout(0.3f), new BatchNormalization(), new BatchNormalization(affine: false), new LayerNormalization(), new ScaleShift(),
        new GaussianNoise(0.2f), new Residual(new Dense(Width, Activation.Relu), new Dropout(0.3f), new BatchNormalization()), new Standardization(Width),
        new Flatten(), new ScaleLayer(), .. Activations.Select(activation => new ActivationLayer(activation)), .. Activations.Select(activation => new Dense(Width, activation)),
    ];

    /// <summary>Layers of pictures, which are the first of their networks.</summary>
    private static readonly Layer[] PictureLayers =
    [
        new Conv2D(6, 3), new Conv2D(5, new Size2D(2, 3), Activation.Gelu) { Stride = 2, Padding = Padding2D.Same },
        new Conv2D(8, 3, Activation.Relu) { Groups = 2, Dilation = 2, Padding = 1 }, new Conv2D(2, 3) { Groups = 2, HasBias = false },
        new MaxPool2D(2), new AveragePool2D(3) { Stride = 2, Padding = 1, CountsPadding = false }, new GlobalMaxPool2D(), new GlobalAveragePool2D(), new ZeroPadding2D(1),
        new Upsample2D(2), new SpatialDropout2D(0.3f), new Residual(new Conv2D(4, 3) { Stride = 2, Padding = 1 }, new BatchNormalization()) { Projection = [new Conv2D(4, 1) { Stride = 2 }] },
    ];

    private static readonly Loss[] Losses =
    [
        new SoftmaxCrossEntropy(), new SoftmaxCrossEntropy { LabelSmoothing = 0.1f, ClassWeights = [1, 2, 0.5f, 1, 1, 3] }, new BinaryCrossEntropy(), new BinaryCrossEntropy { PositiveWeights = [1, 2, 0.5f, 1, 1, 3] },
        new MeanSquaredError(), new MeanAbsoluteError(), new Huber(0.7f),
    ];

    private static readonly Optimizer[] Optimizers =
    [
        new Sgd(), new Sgd(0.1f, 0.9f), new Sgd(0.1f, 0.9f, nesterov: true), new Sgd(0.1f, 0.9f, dampening: 0.5f), new Adam(), new AdamW(), new RmsProp(), new Adagrad(),
        new Adam { AmsGrad = true }, new Adamax(), new NAdam(), new RAdam(), new Adadelta(), new Lion(),
        new RmsProp(momentum: 0.9f), new RmsProp(momentum: 0.9f, centered: true), new Adagrad(learningRateDecay: 0.1f, initialAccumulator: 0.1f),
        new Sgd { L2Penalty = 0.01f }, new Sgd { L1Penalty = 0.01f, DecaysAllParameters = true }, new Sgd { DecoupledWeightDecay = 0.01f }, new Sgd { MaxNorm = 0.5f },
        new Sgd { ClipValue = 1e-3f }, new Sgd { GlobalClipNorm = 0.1f }, new Sgd { GlobalClipInfinityNorm = 1e-3f }, new Sgd { EmaDecay = 0.9f },
    ];

    private static readonly Part[] Parts =
    [
        .. Layers.Concat(PictureLayers).Select(layer => new Part($"{layer.Settings.Kind}: {layer}", layer, Losses[0], Optimizers[0])),
        .. Losses.Select((loss, number) => new Part($"{loss} {number}", Layers[0], loss, Optimizers[0])),
        .. Optimizers.Select((optimizer, number) => new Part($"{optimizer} {number}", Layers[0], Losses[0], optimizer)),
    ];

    private static readonly float[] Inputs = TestValues.Uniform(Samples * Width, 1), Weights = TestValues.Uniform(Samples, 2, 0, 2), Targets = TestValues.Uniform(Samples * Classes, 3, 0, 1);

    private static readonly int[] Labels = TestValues.Labels(Samples, Classes, 4);

    [TestCaseSource(nameof(Parts))]
    public void The_bits_do_not_depend_on_the_number_of_threads(object part)
    {
        int[] expected = Train((Part)part, 1);
        foreach (int threads in (ReadOnlySpan<int>)[2, 3, 7])
            Assert.That(Train((Part)part, threads), Is.EqualTo(expected), $"{threads} threads");
    }

    [TestCaseSource(nameof(Parts))]
    public void A_warm_step_allocates_nothing(object part)
    {
        foreach (int threads in (ReadOnlySpan<int>)[1, 2])
        {
            var engine = new Engine(threads, SimdWidths.Best);
            Trainer trainer = ((Part)part).Trainer(engine);
            Assert.That(Allocation.Least(engine, () => Step(trainer)), Is.Zero, $"{threads} threads");
        }
    }

    [TestCaseSource(nameof(Activations))]
    public void An_activations_gradient_agrees_with_differences(Activation activation)
    {
        GradientReport report = GradientCheck.Run(activation);
        Assert.That(report.Passed, Is.True, report.ToString());
    }

    [TestCaseSource(nameof(Losses))]
    public void A_losss_gradient_agrees_with_differences(Loss loss)
    {
        GradientReport report = GradientCheck.Run(loss, Classes);
        Assert.That(report.Passed, Is.True, report.ToString());
    }

    private static int[] Train(Part part, int threads)
    {
        Trainer trainer = part.Trainer(new Engine(threads, SimdWidths.Best));
        for (int step = 0; step < 3; step++)
            Step(trainer);
        EvaluationResult evaluation = part.Network.Evaluate(
            NeuralNetFromScratch.Dataset.FromArrays(Inputs, [Width], Labels, Classes), part.Loss, engine: new Engine(threads, SimdWidths.Best));
        return
        [
            .. TestValues.Bits(part.Network.Parameters.Values), .. TestValues.Bits((trainer.AveragedNetwork ?? part.Network).Parameters.Values),
            .. TestValues.Bits([(float)evaluation.Loss, (float)evaluation.Accuracy]),
        ];
    }

    private static void Step(Trainer trainer)
    {
        var inputs = new ReadOnlyMatrixView(Inputs, Samples, Width);
        trainer.TrainStep(inputs, Labels, Weights);
        trainer.TrainStep(inputs, new ReadOnlyMatrixView(Targets, Samples, Classes));
    }

    /// <summary>A small network around one part.</summary>
    private sealed record Part(string Name, Layer Layer, Loss Loss, Optimizer Optimizer)
    {
        public Sequential Network { get; private set; } = null!;

        public Trainer Trainer(Engine engine)
        {
            Network = PictureLayers.Contains(Layer)
                ? new Sequential([10, 10, 2], 1, Layer, new Dense(Classes))
                : new Sequential([Width], 1, new Dense(Width), Layer, new Dense(Classes));
            return new Trainer(Network, Loss, Optimizer, engine);
        }

        public override string ToString() => Name;
    }
}

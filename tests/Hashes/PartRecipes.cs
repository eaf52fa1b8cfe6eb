using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Hashes;

/// <summary>A small training for each of the library's parts. One that has no required setting joins by itself; another needs a line here.</summary>
internal static class PartRecipes
{
    private const int Hidden = 21;

    private static readonly Shape[] Shapes = [[23], [6, 6], [6, 6, 2]];

    /// <summary>Parts with settings, and variants of parts that compute something else.</summary>
    private static readonly Part[] Samples =
    [
        new Dense(Hidden), new Conv2D(3, kernelSize: 3, Activation.Relu), new MaxPool2D(2), new AveragePool2D(2), new SpatialDropout2D(0.3f), new Upsample2D(2),
        new ActivationLayer(Activation.Tanh), new BatchNormalization(), new BatchNormalization(affine: false), new LayerNormalization(), new Dropout(0.3f), new GaussianNoise(0.2f),
        new Residual(new Dense(Hidden, Activation.Softplus), new LayerNormalization()),
        new Standardization(SampleData.Uniform(Hidden, 3), SampleData.Uniform(Hidden, 4, 0.5f, 2)),
        Activation.LeakyRelu(0.1f), Activation.Elu(0.7f), new Huber(0.7f),
        new SoftmaxCrossEntropy { LabelSmoothing = 0.1f, ClassWeights = [1, 2, 0.5f, 1, 3] }, new BinaryCrossEntropy { PositiveWeights = [1, 2, 0.5f, 1, 3] },
        new Sgd(0.1f), new Sgd(0.1f, 0.9f), new Sgd(0.1f, 0.9f, nesterov: true), new Sgd(0.1f, 0.9f, dampening: 0.5f), new Adam(0.01f), new AdamW(0.01f),
        new RmsProp(0.01f), new RmsProp(0.01f, momentum: 0.9f, centered: true), new Adagrad(0.05f), new Adamax(), new NAdam(), new RAdam(beta2: 0.9f), new Adadelta(), new Lion(), new ParameterGroup("dense1") { LearningRateFactor = 0.3f },
        new Sgd { L2Penalty = 0.01f, L1Penalty = 0.02f }, new Sgd { DecoupledWeightDecay = 0.01f }, new Sgd { MaxNorm = 0.5f }, new Sgd { ClipValue = 1e-3f },
        new Sgd { GlobalClipNorm = 0.1f }, new Sgd { EmaDecay = 0.9f },
        new TopKAccuracy(2), new CalibrationError(10),
        LearningRateSchedule.Step(1, 0.5), LearningRateSchedule.Exponential(0.9), LearningRateSchedule.InverseTime(0.1), LearningRateSchedule.Cosine(0.1),
        LearningRateSchedule.Linear(0.1, 0.5), LearningRateSchedule.OneCycle(0.2, 10, 100, (0.85, 0.95)), LearningRateSchedule.ReduceOnPlateau(0.3, 0, 0.9),
        LearningRateSchedule.Cosine().WithWarmUp(1), LearningRateSchedule.Step(1, 0.5).Times(LearningRateSchedule.Exponential(0.9)),
        LearningRateSchedule.CosineRestarts(1), LearningRateSchedule.Cyclic(0.1, 1), LearningRateSchedule.Hold(0.3, 1), LearningRateSchedule.MultiStep(0.5, 1),
        LearningRateSchedule.Cosine().PerEpoch(), LearningRateSchedule.Exponential(0.9).PerStep(), LearningRateSchedule.Polynomial(1.5), LearningRateSchedule.Ramp(0.2, 1, 1),
        LearningRateSchedule.Constant.Then(1, LearningRateSchedule.Linear()),
        new ImageAugmentation { MaxShift = 1, MaxRotation = 20, Scale = (0.9f, 1.1f), MaxShear = 0.1f, Elastic = (2, 5) },
        new RandomFlip { Vertical = true }, new RandomCrop(1), new ColorJitter { Brightness = 0.2f, Contrast = 0.3f }, new Cutout(2), new RandomFlip().Then(new RandomCrop(2)),
    ];

    public static IReadOnlyList<Recipe> All { get; } = [.. Parts().Select(part => new Recipe(part.ToString(), (width, digest) => Run(part, width, digest)))];

    /// <summary>The kinds that have no recipe: they have required settings, and no line in <see cref="Samples"/>.</summary>
    public static IReadOnlyList<string> Missing { get; } =
        [.. BuiltInParts.Registry.Kinds.Where(kind => Default(kind) is null && !Samples.Any(part => part.Settings.Kind == kind)).Order(StringComparer.Ordinal)];

    private static IEnumerable<Part> Parts() =>
        BuiltInParts.Registry.Kinds.Order(StringComparer.Ordinal).Select(Default).OfType<Part>().Concat(Samples).DistinctBy(part => part.ToString());

    /// <summary>A part without any setting; null where it needs one.</summary>
    private static Part? Default(string kind)
    {
        try
        {
            return BuiltInParts.Registry.Read(new Settings(kind));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void Run(Part part, SimdWidth width, Digest digest)
    {
        switch (part)
        {
            case Layer layer: Train(Around(layer), width, digest); break;
            case Activation activation: Train(new([23], 1, new Dense(Hidden, activation), new ActivationLayer(activation), new Dense(SampleData.Classes)), width, digest); break;
            case Loss loss: TrainWith(loss, width, digest); break;
            case Optimizer optimizer: Train(Plain(), width, digest, optimizer: optimizer); break;
            case ParameterGroup group: Train(Plain(), width, digest, optimizer: new Sgd(0.1f, 0.9f) { ParameterGroups = [group] }); break;
            case LearningRateSchedule schedule: Train(Plain(), width, digest, options: new() { Schedule = schedule }); break;
            case Metric metric: Measure(metric, width, digest); break;
            case Augmentation augmentation: Train(new([6, 6], 1, new Flatten(), new Dense(SampleData.Classes)), width, digest, options: new() { Augmentation = augmentation }); break;
            default: throw new NotSupportedException($"no recipe for {part.GetType()}: say here how it is trained");
        }
    }

    private static Sequential Plain() => new([23], 1, new Dense(Hidden, Activation.Relu), new Dense(SampleData.Classes));

    /// <summary>A network around a layer, of the first shape that the layer takes.</summary>
    private static Sequential Around(Layer layer)
    {
        foreach (Shape shape in Shapes)
        {
            Layer[] layers = shape.Rank == 1
                ? [new Dense(Hidden, Activation.Relu), layer, new Dense(SampleData.Classes)]
                : [layer, new Flatten(), new Dense(SampleData.Classes)];
            try
            {
                return new Sequential(shape, 1, layers);
            }
            catch (ArgumentException) when (shape != Shapes[^1])
            {
                // The next one.
            }
        }

        throw new NotSupportedException($"no shape fits {layer}");
    }

    private static void Train(Sequential network, SimdWidth width, Digest digest, Optimizer? optimizer = null, FitOptions? options = null)
    {
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), optimizer ?? new Sgd(0.1f, 0.9f), new Engine(2, width));
        Fit(network, trainer, SampleData.WithLabels(network.InputShape), options ?? new(), width, digest);
        if (trainer.AveragedNetwork is not null)
            digest.Add(trainer.AveragedNetwork);
    }

    private static void TrainWith(Loss loss, SimdWidth width, Digest digest)
    {
        Sequential network = Plain();
        var trainer = new Trainer(network, loss, new Sgd(0.1f, 0.9f), new Engine(2, width));
        foreach (Dataset samples in (Dataset[])[SampleData.WithLabels([23]), SampleData.WithAnswers([23])])
            Fit(network, trainer, samples, new(), width, digest);
    }

    /// <summary>A training with a metric, of the first kind of targets that it is defined for.</summary>
    private static void Measure(Metric metric, SimdWidth width, Digest digest)
    {
        (Loss, Dataset)[] tasks =
        [
            (new SoftmaxCrossEntropy(), SampleData.WithLabels([23])), (new BinaryCrossEntropy(), SampleData.WithAnswers([23])),
            (new MeanSquaredError(), SampleData.WithNumbers([23])),
        ];
        int fitting = 0;
        foreach ((Loss loss, Dataset samples) in tasks)
        {
            Sequential network = Plain();
            try
            {
                metric.Check(new MetricTask(loss.OutputActivation, SampleData.Classes, samples.TargetLength == 0));
            }
            catch (ArgumentException)
            {
                continue;
            }

            fitting++;
            Fit(network, new Trainer(network, loss, new Sgd(0.1f), new Engine(2, width)), samples, new() { Metrics = [metric] }, width, digest);
            digest.Add(network.Evaluate(samples, loss, [metric], new Engine(2, width)));
        }

        if (fitting == 0)
            throw new NotSupportedException($"no targets fit {metric}");
    }

    private static void Fit(Sequential network, Trainer trainer, Dataset samples, FitOptions options, SimdWidth width, Digest digest)
    {
        digest.Add(trainer.Fit(samples, options with { Epochs = 2, BatchSize = 16, Seed = 4 }));
        digest.Add(network);
        digest.Add(network.Predict(samples, new Engine(2, width)).AsMatrix().Span);
    }
}

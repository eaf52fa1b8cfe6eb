using System.Collections;

namespace NeuralNetFromScratch.Tests.Parts;

/// <summary>A part is its settings: what they hold comes back, and what they must not hold is refused.</summary>
internal sealed class PartSettingsTests
{
    private static readonly PartRegistry Registry = BuiltInParts.Registry;

    private static readonly Part[] Parts =
    [
        Activation.Identity, Activation.Relu, Activation.Sigmoid, Activation.Tanh, Activation.Selu, Activation.Silu, Activation.HardSwish,
        Activation.Gelu, Activation.GeluTanh, Activation.Softplus, Activation.Elu(0.7f), Activation.LeakyRelu(0.3f),
        new SoftmaxCrossEntropy(), new SoftmaxCrossEntropy { LabelSmoothing = 0.1f, ClassWeights = [1, 0.5f, 2], IgnoreLabel = -100 },
        new BinaryCrossEntropy(), new BinaryCrossEntropy { PositiveWeights = [0.1f, 3] },
        new MeanSquaredError(), new MeanAbsoluteError(), new Huber(0.7f),
        new Sgd(0.3f, 0.9f, nesterov: true), new Sgd(0.3f, 0.9f, dampening: 0.1f), new Adam(1e-4f, 0.8f, 0.99f, 1e-7f), new AdamW(weightDecay: 0.1f),
        new RmsProp(0.02f, 0.9f, 1e-6f), new Adagrad(0.05f, 1e-9f),
        new Adam { AmsGrad = true }, new AdamW { AmsGrad = true }, new Adamax(0.1f, 0.8f, 0.99f, 1e-7f), new NAdam(0.1f, 0.8f, 0.99f, 1e-7f, 0.1f), new RAdam(0.1f, 0.8f, 0.99f, 1e-7f),
        new Adadelta(0.5f, 0.8f, 1e-5f), new Lion(1e-3f, 0.8f, 0.98f), new RmsProp(0.02f, 0.9f, 1e-6f, 0.8f, centered: true), new Adagrad(0.1f, 1e-9f, 0.1f, 0.2f), new Sgd { GlobalClipInfinityNorm = 1 },
        new Sgd
        {
            L2Penalty = 0.1f, L1Penalty = 0.2f, DecoupledWeightDecay = 0.3f, DecaysAllParameters = true, ClipValue = 1, GlobalClipNorm = 2, MaxNorm = 3, EmaDecay = 0.99f,
        },
        LearningRateSchedule.Constant, LearningRateSchedule.Step(3, 0.5), LearningRateSchedule.Exponential(0.9), LearningRateSchedule.InverseTime(0.1),
        LearningRateSchedule.Cosine(0.1), LearningRateSchedule.Linear(0.1, 0.5), LearningRateSchedule.OneCycle(0.2, 10, 100, (0.85, 0.95)),
        LearningRateSchedule.OneCycle(), LearningRateSchedule.ReduceOnPlateau(0.3, 4, 1e-3, 0.01),
        LearningRateSchedule.Cosine().WithWarmUp(2), LearningRateSchedule.Step(3, 0.5).Times(LearningRateSchedule.Exponential(0.9)),
        LearningRateSchedule.Constant.Then(5, LearningRateSchedule.Linear()),
        new Dense(3), new Dense(3, Activation.Elu(0.7f)) { HasBias = false, ZeroSkipping = ZeroSkipping.Always }, new ActivationLayer(Activation.Tanh), new ScaleShift(), new Flatten(),
        new BatchNormalization(0.2f, 1e-3f, affine: false), new LayerNormalization(1e-4f), new Standardization(3), new Dropout(0.25f), new GaussianNoise(0.1f),
        new Residual(new Dense(3)) { Projection = [new Dense(3)] },
        new Accuracy(), new TopKAccuracy(2), new Precision(ClassAveraging.Micro), new Recall(), new F1Score(ClassAveraging.Weighted), new RocAuc(), new AveragePrecision(),
        new LogLoss(), new ConfusionMatrixMetric(), new Mae(), new Mse(), new Rmse(), new Mape(), new R2(), new ExplainedVariance(),
        new ParameterGroup("dense1") { LearningRateFactor = 0.5f, L2Penalty = 0.1f }, new ParameterGroup("dense1.bias") { IsFrozen = true },
        new RandomFlip(), new RandomFlip { Horizontal = false, Vertical = true }, new RandomCrop(2), new ColorJitter(), new ColorJitter { Brightness = 0.1f, Contrast = 0.2f },
        new Cutout(3), new RandomCrop(1).Then(new Cutout(2)), new ImageAugmentation(), new ImageAugmentation { MaxShift = 1, MaxRotation = 2, Scale = (0.9f, 1.1f), MaxShear = 0.1f, Elastic = (4, 30) },
    ];

    private static IEnumerable<TestCaseData> OutOfRange()
    {
        foreach (Part part in Parts)
        {
            foreach (Setting setting in part.Settings)
            {
                if (setting.Value is string or bool or Part)
                    continue;
                double[] wrong = [.. setting.Name == "ignoreLabel" ? (double[])[] : [-1], double.NaN, double.PositiveInfinity, .. Limits(part, setting.Name)];
                foreach (double value in wrong)
                {
                    object other = setting.Value switch
                    {
                        int => double.IsFinite(value) ? (object)(int)value : (float)value,
                        float => (float)value,
                        double => value,
                        _ => (object)(float[])[(float)value, 1],
                    };
                    yield return new TestCaseData(part.Settings.With(setting.Name, other)).SetArgDisplayNames($"{part.Settings.Kind}, {setting.Name} {value}");
                }
            }
        }
    }

    /// <summary>Values just outside of a setting's upper bound, or at a bound that is none of its values.</summary>
    private static double[] Limits(Part part, string name) => name switch
    {
        "labelSmoothing" or "beta1" or "beta2" or "decay" when part is not LearningRateSchedule => [1, 2],
        "momentum" when part is BatchNormalization => [2],
        "momentum" or "emaDecay" or "constantShare" or "lowMomentum" or "highMomentum" or "threshold" => [1, 2],
        "dampening" or "finalFactor" or "minFactor" => [1.5],
        "riseShare" => [0, 1],
        "factor" when part.Settings.Kind == "reduce-on-plateau" => [0, 1],
        "startDivisor" or "finalDivisor" => [0.5],
        "rate" => [1, 2],
        "delta" or "clipValue" or "globalClipNorm" or "maxNorm" or "interval" or "factor" or "epochs" or "decay" or "scale" => [0],
        _ => [],
    };

    [Test]
    public void Settings_read_back_give_an_equal_part([ValueSource(nameof(Parts))] Part part)
    {
        Part read = Registry.Read(part.Settings);
        Assert.That(read, Is.EqualTo(part).And.Not.SameAs(part));
        Assert.That(read.ToString(), Is.EqualTo(part.ToString()));
        Assert.That(read.GetHashCode(), Is.EqualTo(part.GetHashCode()));
    }

    [Test]
    public void Settings_read_back_from_text_give_an_equal_part([ValueSource(nameof(Parts))] Part part)
    {
        Part read = Registry.Read(AsFromFile(part.Settings));
        Assert.That(read, Is.EqualTo(part));
        Assert.That(Registry.Read(read.Settings), Is.EqualTo(part));
    }

    [Test]
    public void Parts_with_other_settings_differ() =>
        Assert.That(Parts.Distinct().Count(), Is.EqualTo(Parts.Length));

    [TestCaseSource(nameof(OutOfRange))]
    public void A_setting_out_of_range_is_refused(Settings settings)
    {
        Assert.That(() => Registry.Read(settings), Throws.InstanceOf<InvalidDataException>().With.Message.StartsWith(settings.Kind));
        Assert.That(() => Registry.Read(AsFromFile(settings)), Throws.InstanceOf<InvalidDataException>().With.Message.StartsWith(settings.Kind));
    }

    [Test]
    public void A_setting_of_another_type_is_refused([ValueSource(nameof(Parts))] Part part)
    {
        foreach (Setting setting in part.Settings)
        {
            object other = setting.Value is Part ? 3 : Activation.Relu;
            Assert.That(() => Registry.Read(part.Settings.With(setting.Name, other)), Throws.InstanceOf<InvalidDataException>(), setting.Name);
        }
    }

    [Test]
    public void An_unknown_setting_is_refused([ValueSource(nameof(Parts))] Part part) => Assert.That(
        () => Registry.Read(AsFromFile(part.Settings.With("colour", "red"))),
        Throws.InstanceOf<InvalidDataException>().With.Message.Contains("the setting \"colour\" is unknown"));

    [Test]
    public void A_setting_that_is_no_option_must_be_there([ValueSource(nameof(Parts))] Part part)
    {
        foreach (Setting setting in part.Settings)
        {
            Settings without = part.Settings.With<object?>(setting.Name, null);
            try
            {
                Assert.That(Registry.Read(without), Is.Not.EqualTo(part), setting.Name);
            }
            catch (InvalidDataException exception)
            {
                Assert.That(exception.Message, Does.Contain(setting.Name).Or.Contain("momentum"));
            }
        }
    }

    [Test]
    public void The_order_in_which_properties_are_set_leaves_no_trace()
    {
        Assert.That(
            new Sgd { L1Penalty = 0.1f, GlobalClipNorm = 1, DecoupledWeightDecay = 0.2f, EmaDecay = 0.9f },
            Is.EqualTo(new Sgd { EmaDecay = 0.9f, DecoupledWeightDecay = 0.2f, GlobalClipNorm = 1, L1Penalty = 0.1f }));
        Assert.That(
            new SoftmaxCrossEntropy { ClassWeights = [1, 2], LabelSmoothing = 0.1f },
            Is.EqualTo(new SoftmaxCrossEntropy { LabelSmoothing = 0.1f, ClassWeights = [1, 2] }));
        Assert.That(
            new ImageAugmentation { Scale = (1, 2), Elastic = (1, 1), MaxShift = 2 },
            Is.EqualTo(new ImageAugmentation { MaxShift = 2, Elastic = (1, 1), Scale = (1, 2) }));
    }

    [Test]
    public void A_property_with_its_default_value_leaves_no_trace()
    {
        Assert.That(new Sgd { L1Penalty = 0, GlobalClipNorm = null, DecaysAllParameters = false }, Is.EqualTo(new Sgd()));
        Assert.That(new AdamW { DecoupledWeightDecay = 0.01f }, Is.EqualTo(new AdamW()));
        Assert.That(new SoftmaxCrossEntropy { LabelSmoothing = 0, ClassWeights = [] }, Is.EqualTo(new SoftmaxCrossEntropy()));
        Assert.That(new ImageAugmentation { Scale = (1, 1), Elastic = (0, 0) }, Is.EqualTo(new ImageAugmentation()));
    }

    [Test]
    public void A_list_cannot_be_changed_afterwards()
    {
        float[] weights = [1, 2];
        var loss = new SoftmaxCrossEntropy { ClassWeights = weights };
        weights[0] = 5;
        Assert.That(loss.ClassWeights, Is.EqualTo((float[])[1, 2]));
        Assert.That(loss.ClassWeights, Is.Not.InstanceOf<float[]>());
        Assert.That(loss.Settings.GetList<float>("classWeights"), Is.EqualTo((float[])[1, 2]));
    }

    /// <summary>The settings as a file hands them over: numbers as text, parts read already.</summary>
    private static Settings AsFromFile(Settings settings) => Settings.FromFile(
        settings.Kind, [.. settings.Select(setting => new Setting(setting.Name, AsFromFile(setting.Value)))]);

    private static object AsFromFile(object value) => value switch
    {
        Part part => Registry.Read(AsFromFile(part.Settings)),
        string or bool => value,
        IEnumerable list => list.Cast<object>().Select(AsFromFile).ToArray(),
        _ => new NumberText(Setting.Text(value)),
    };
}

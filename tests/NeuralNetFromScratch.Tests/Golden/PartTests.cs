using System.Numerics.Tensors;
using System.Text.Json;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Golden;

/// <summary>Layers, activations, losses and schedules side by side with PyTorch; make_parts.py made the file.</summary>
public class PartTests
{
    private static readonly (string Name, Activation Activation)[] Activations =
    [
        ("relu", Activation.Relu), ("leaky-relu", Activation.LeakyRelu(0.1f)), ("elu", Activation.Elu(0.7f)), ("selu", Activation.Selu),
        ("gelu", Activation.Gelu), ("gelu-tanh", Activation.GeluTanh), ("silu", Activation.Silu), ("softplus", Activation.Softplus),
        ("sigmoid", Activation.Sigmoid), ("tanh", Activation.Tanh), ("hard-swish", Activation.HardSwish),
    ];

    private static readonly (string Name, Loss Loss, string Targets)[] Losses =
    [
        ("softmax labels", new SoftmaxCrossEntropy(), "labels"),
        ("softmax smoothed", new SoftmaxCrossEntropy { LabelSmoothing = 0.1f }, "labels"),
        ("softmax weighted", new SoftmaxCrossEntropy { ClassWeights = [0.5f, 1, 2, 0.25f, 1.5f] }, "labels"),
        ("softmax both", new SoftmaxCrossEntropy { LabelSmoothing = 0.1f, ClassWeights = [0.5f, 1, 2, 0.25f, 1.5f] }, "labels"),
        ("softmax soft", new SoftmaxCrossEntropy(), "soft"),
        ("softmax soft both", new SoftmaxCrossEntropy { LabelSmoothing = 0.1f, ClassWeights = [0.5f, 1, 2, 0.25f, 1.5f] }, "soft"),
        ("binary", new BinaryCrossEntropy(), "soft"),
        ("binary weighted", new BinaryCrossEntropy { PositiveWeights = [0.5f, 1, 2, 0.25f, 1.5f] }, "soft"),
        ("squared", new MeanSquaredError(), "soft"),
        ("absolute", new MeanAbsoluteError(), "soft"),
        ("huber", new Huber(0.7f), "soft"),
    ];

    private JsonElement _golden;

    [OneTimeSetUp]
    public void Read() => _golden = GoldenFile.Read("parts.json");

    [Test]
    public void Activations_are_PyTorchs([Range(0, 10)] int number)
    {
        (string name, Activation activation) = Activations[number];
        JsonElement golden = _golden.GetProperty("activations").GetProperty(name);
        float[] x = golden.Floats("x"), y = new float[x.Length], slope = [.. x.Select(_ => 1f)];
        activation.Apply(x, y);
        activation.Differentiate(activation.DerivativeNeedsInput ? x : y, slope);
        Assert.That(y, Is.EqualTo(golden.Floats("y")).Within(1e-6), name);
        // Both sides are in single precision, and an exponential of up to e⁹ takes nine times its argument's rounding along.
        Assert.That(slope, Is.EqualTo(golden.Floats("slope")).Within(2e-6), name);
    }

    [Test]
    public void Losses_are_PyTorchs([Range(0, 10)] int number)
    {
        (string name, Loss loss, string targets) = Losses[number];
        JsonElement golden = _golden.GetProperty("losses");
        int rows = golden.GetProperty("rows").GetInt32(), classes = golden.GetProperty("classes").GetInt32();
        float[] z = golden.Floats("z"), gradient = TestValues.Poison(z.Length);
        double actual = targets == "labels"
            ? loss.Evaluate(new(z, rows, classes), golden.GetProperty("labels").Integers(), 1, new(gradient, rows, classes))
            : loss.Evaluate(new(z, rows, classes), new ReadOnlyMatrixView(golden.Floats("soft"), rows, classes), 1, new(gradient, rows, classes));
        JsonElement expected = golden.GetProperty(name);
        Assert.That(actual, Is.EqualTo(expected.GetProperty("loss").GetDouble()).Within(1e-5), name);
        Assert.That(gradient, Is.EqualTo(expected.Floats("gradient")).Within(1e-6), name);
    }

    [Test]
    public void Batch_normalization_is_PyTorchs()
    {
        JsonElement golden = _golden.GetProperty("batchnorm");
        var parameters = new BatchNormalization(0.2f).CreateParameters([7]);
        golden.Floats("scale").CopyTo(parameters["scale"].Values);
        golden.Floats("shift").CopyTo(parameters["shift"].Values);
        foreach (JsonElement batch in golden.GetProperty("batches").EnumerateArray())
        {
            Follow(new BatchNormalization(0.2f), parameters, batch);
            // The update mixes the batch's statistics in.
            foreach (Parameter state in parameters.Where(parameter => parameter.Role == ParameterRole.Buffer))
            {
                for (int i = 0; i < 7; i++)
                    state.Values[i] = (1 - 0.2f) * state.Values[i] + 0.2f * state.Gradients[i];
            }
        }

        Assert.That(parameters["mean"].Values.ToArray(), Is.EqualTo(golden.Floats("mean")).Within(1e-6));
        Assert.That(parameters["variance"].Values.ToArray(), Is.EqualTo(golden.Floats("variance")).Within(2e-6));

        float[] x = golden.Floats("x"), y = TestValues.Poison(x.Length);
        new BatchNormalization(0.2f).Forward(new(new Engine(1), 4, parameters) { InputShape = [7] }, new ReadOnlyMatrixView(x, 4, 7), new MatrixView(y, 4, 7));
        Assert.That(y, Is.EqualTo(golden.Floats("y")).Within(1e-5));
    }

    [Test]
    public void Layer_normalization_is_PyTorchs()
    {
        JsonElement golden = _golden.GetProperty("layernorm");
        var parameters = new LayerNormalization().CreateParameters([7]);
        golden.Floats("scale").CopyTo(parameters["scale"].Values);
        golden.Floats("shift").CopyTo(parameters["shift"].Values);
        Follow(new LayerNormalization(), parameters, golden.GetProperty("batches")[0]);
    }

    [Test]
    public void One_cycle_with_momentum_is_PyTorchs()
    {
        JsonElement golden = _golden.GetProperty("onecycle");
        var schedule = LearningRateSchedule.OneCycle(momentum: (0.8, 0.95));
        float[] rates = golden.Floats("rates"), momenta = golden.Floats("momenta");
        for (int step = 0; step < rates.Length; step++)
        {
            var position = new TrainingPosition((double)step / rates.Length, 1) { StepsPerEpoch = rates.Length };
            Assert.That(schedule.Factor(position), Is.EqualTo(rates[step]).Within(1e-6), $"rate of step {step}");
            Assert.That(schedule.Momentum(position), Is.EqualTo(momenta[step]).Within(1e-6), $"momentum of step {step}");
        }
    }

    [Test]
    public void Reduce_on_plateau_is_PyTorchs()
    {
        JsonElement golden = _golden.GetProperty("plateau");
        double[] losses = [.. golden.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble())];
        float[] rates = golden.Floats("rates");
        var schedule = LearningRateSchedule.ReduceOnPlateau(0.5, 2);
        for (int epoch = 0; epoch <= losses.Length; epoch++)
        {
            var position = new TrainingPosition(epoch, 100) { EpochLosses = losses[..epoch] };
            Assert.That(schedule.Factor(position), Is.EqualTo(rates[epoch]), $"after {epoch} epochs");
        }
    }

    [TestCase("step")]
    [TestCase("exponential")]
    [TestCase("cosine")]
    [TestCase("linear")]
    [TestCase("step with warm-up")]
    [TestCase("linear, then cosine")]
    public void Schedules_are_PyTorchs_at_the_start_of_each_epoch(string name)
    {
        LearningRateSchedule schedule = name switch
        {
            "step" => LearningRateSchedule.Step(3, 0.5),
            "exponential" => LearningRateSchedule.Exponential(0.9),
            "cosine" => LearningRateSchedule.Cosine(0.1),
            "linear" => LearningRateSchedule.Linear(0.2),
            "step with warm-up" => LearningRateSchedule.Step(3, 0.5).WithWarmUp(4, start: 1e-12),
            _ => LearningRateSchedule.Linear(0.2).Then(5, LearningRateSchedule.Cosine()),
        };
        int epochs = _golden.GetProperty("epochs").GetInt32();
        double[] expected = [.. _golden.GetProperty("schedules").GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
        Assert.That(Enumerable.Range(0, epochs).Select(epoch => schedule.Factor(new(epoch, epochs))), Is.EqualTo(expected).Within(1e-9));
    }

    [Test]
    public void Defaults_are_PyTorchs()
    {
        var adam = new Adam();
        Same("adam", ("lr", adam.LearningRate), ("eps", adam.Epsilon), ("weight_decay", adam.DecoupledWeightDecay), ("weight_decay", adam.L2Penalty));
        var adamW = new AdamW();
        Same("adamw", ("lr", adamW.LearningRate), ("eps", adamW.Epsilon), ("weight_decay", adamW.DecoupledWeightDecay));
        foreach ((string name, Adam optimizer) in ((string, Adam)[])[("adam", adam), ("adamw", adamW)])
            Assert.That((float[])[optimizer.Beta1, optimizer.Beta2], Is.EqualTo(_golden.GetProperty("defaults").GetProperty(name).Floats("betas")), name);
        var rmsProp = new RmsProp();
        Same("rmsprop", ("lr", rmsProp.LearningRate), ("alpha", rmsProp.Decay), ("eps", rmsProp.Epsilon));
        var adagrad = new Adagrad();
        Same("adagrad", ("lr", adagrad.LearningRate), ("eps", adagrad.Epsilon), ("initial_accumulator_value", 0), ("lr_decay", 0));
        Same("huber", ("delta", new Huber().Delta));
        Same("batchnorm", ("eps", new BatchNormalization().Epsilon), ("momentum", new BatchNormalization().Momentum));
        Same("layernorm", ("eps", new LayerNormalization().Epsilon));
        Assert.That(Activation.LeakyRelu(), Is.EqualTo(Activation.LeakyRelu(Default("leaky-relu", "negative_slope"))));
        Assert.That(Activation.Elu(), Is.EqualTo(Activation.Elu(Default("elu", "alpha"))));

        var oneCycle = LearningRateSchedule.OneCycle(Default("onecycle", "pct_start"), Default("onecycle", "div_factor"), Default("onecycle", "final_div_factor"));
        for (int epoch = 0; epoch <= 20; epoch++)
            Assert.That(LearningRateSchedule.OneCycle().Factor(new(epoch, 20)), Is.EqualTo(oneCycle.Factor(new(epoch, 20))).Within(1e-6));
        var plateau = LearningRateSchedule.ReduceOnPlateau(
            Default("plateau", "factor"), (int)Default("plateau", "patience"), Default("plateau", "threshold"), Default("plateau", "min_lr"));
        // Each epoch is better than the last by a share just below or above the threshold.
        foreach (double share in (double[])[0.9e-4, 1.1e-4])
        {
            double[] losses = [.. Enumerable.Range(0, 40).Select(epoch => Math.Pow(1 - share, epoch))];
            for (int epoch = 0; epoch <= losses.Length; epoch++)
            {
                var position = new TrainingPosition(epoch, 100) { EpochLosses = losses[..epoch] };
                Assert.That(LearningRateSchedule.ReduceOnPlateau().Factor(position), Is.EqualTo(plateau.Factor(position)).Within(1e-7));
            }
        }

        float Default(string part, string name) => _golden.GetProperty("defaults").GetProperty(part).GetProperty(name).GetSingle();

        void Same(string part, params (string Name, float Ours)[] values)
        {
            foreach ((string name, float ours) in values)
                Assert.That(ours, Is.EqualTo(Default(part, name)), $"{part}: {name}");
        }
    }

    [TestCase("labels")]
    [TestCase("soft")]
    public void Class_weights_smoothing_and_sample_weights_together_are_PyTorchs(string targets)
    {
        JsonElement golden = _golden.GetProperty("weighted"), losses = _golden.GetProperty("losses"), expected = golden.GetProperty(targets);
        int rows = losses.GetProperty("rows").GetInt32(), classes = losses.GetProperty("classes").GetInt32();
        var network = new Sequential([4], 0, new Dense(classes));
        golden.Floats("weight").CopyTo(network.Parameters["dense1.weight"].Values);
        golden.Floats("bias").CopyTo(network.Parameters["dense1.bias"].Values);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy { LabelSmoothing = 0.1f, ClassWeights = losses.Floats("weights") }, new Sgd(0));
        var inputs = new ReadOnlyMatrixView(golden.Floats("x"), rows, 4);
        float loss = targets == "labels"
            ? trainer.TrainStep(inputs, losses.GetProperty("labels").Integers(), golden.Floats("sample"))
            : trainer.TrainStep(inputs, new ReadOnlyMatrixView(losses.Floats("soft"), rows, classes), golden.Floats("sample"));
        Assert.That(loss, Is.EqualTo(expected.GetProperty("loss").GetDouble()).Within(1e-6));
        Assert.That(network.Parameters["dense1.weight"].Gradients.ToArray(), Is.EqualTo(expected.Floats("dweight")).Within(1e-6));
        Assert.That(network.Parameters["dense1.bias"].Gradients.ToArray(), Is.EqualTo(expected.Floats("dbias")).Within(1e-6));
    }

    [Test]
    public void A_deep_network_with_AdamW_smoothing_and_clipping_follows_PyTorch([Values(1, 2)] int threads)
    {
        JsonElement golden = _golden.GetProperty("deep");
        var network = new Sequential(
            [12], 0, new Dense(9, Activation.Relu), new BatchNormalization(),
            new Residual(new Dense(9), new LayerNormalization(), new ActivationLayer(Activation.Gelu), new Dense(9)), new Dense(5));
        Parameter[] trained = [.. network.Parameters.Where(parameter => parameter.Role != ParameterRole.Buffer)];
        foreach ((Parameter parameter, JsonElement start) in trained.Zip(golden.GetProperty("start").EnumerateArray()))
            start.Floats().CopyTo(parameter.Values);
        var optimizer = new AdamW(0.01f, epsilon: 1e-3f, weightDecay: 0.1f) { DecaysAllParameters = true, GlobalClipNorm = 0.5f };
        var trainer = new Trainer(network, new SoftmaxCrossEntropy { LabelSmoothing = 0.1f }, optimizer, new TrainerOptions { ThreadCount = threads });
        float[] losses = golden.Floats("losses");
        for (int step = 0; step < losses.Length; step++)
        {
            float loss = trainer.TrainStep(
                new ReadOnlyMatrixView(golden.GetProperty("inputs")[step].Floats(), 8, 12), golden.GetProperty("labels")[step].Integers());
            Assert.That(loss, Is.EqualTo(losses[step]).Within(5e-5), $"loss of step {step + 1}");
        }

        foreach ((Parameter parameter, JsonElement end) in trained.Zip(golden.GetProperty("end").EnumerateArray()))
            Assert.That(parameter.Values.ToArray(), Is.EqualTo(end.Floats()).Within(2e-4), parameter.Name);
        network.OutputActivation = OutputActivation.None;
        Tensor<float> logits = network.Predict(Tensor.Create<float>(golden.GetProperty("inputs")[0].Floats(), [8, 12]));
        Assert.That(logits.AsMatrix().Span.ToArray(), Is.EqualTo(golden.Floats("logits")).Within(5e-4));
    }

    private static void Follow(Layer layer, ParameterStore parameters, JsonElement batch)
    {
        float[] x = batch.Floats("x"), y = TestValues.Poison(x.Length), dx = TestValues.Poison(x.Length);
        var context = new LayerContext(new Engine(1), batch.GetProperty("rows").GetInt32(), parameters)
        {
            InputShape = [7],
            IsTraining = true,
            Scratch = TestValues.Poison(layer.Scratch([7], batch.GetProperty("rows").GetInt32()).Floats),
        };
        int rows = context.Rows;
        layer.Forward(context, new ReadOnlyMatrixView(x, rows, 7), new MatrixView(y, rows, 7));
        layer.Backward(context, new(x, rows, 7), new(y, rows, 7), new MatrixView(batch.Floats("dy"), rows, 7), new MatrixView(dx, rows, 7));
        Assert.That(y, Is.EqualTo(batch.Floats("y")).Within(5e-6));
        Assert.That(dx, Is.EqualTo(batch.Floats("dx")).Within(5e-6));
        Assert.That(parameters["scale"].Gradients.ToArray(), Is.EqualTo(batch.Floats("dscale")).Within(1e-5));
        Assert.That(parameters["shift"].Gradients.ToArray(), Is.EqualTo(batch.Floats("dshift")).Within(1e-5));
    }
}

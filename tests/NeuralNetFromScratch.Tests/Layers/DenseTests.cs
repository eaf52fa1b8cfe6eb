using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Layers;

public class DenseTests
{
    private static readonly Activation[] Activations =
        [Activation.Identity, Activation.Relu, Activation.LeakyRelu(), Activation.Sigmoid, Activation.Tanh, Activation.Elu(), Activation.Selu, Activation.Silu, Activation.HardSwish, new SwishActivation()];

    [TestCaseSource(nameof(Activations))]
    public void Gradients_agree_with_differences(Activation activation)
    {
        // Rectifiers have a kink at 0 that differences must not straddle: biases keep every sum well away from it.
        bool hasKink = activation.Settings.Kind.Contains("relu", StringComparison.Ordinal);
        Initializer biases = hasKink ? new AlternatingInitializer(4) : Initializer.Uniform(-0.5f, 0.5f);
        LayerCheck.Gradients(new Dense(5, activation, Initializer.Uniform(-0.6f, 0.6f), biases), [4], batch: 3);
        LayerCheck.Gradients(new Dense(1, activation, Initializer.Uniform(-0.6f, 0.6f), biases), [1], batch: 1);
    }

    [Test]
    public void Forward_and_backward_are_the_formulas(
        [Values(1, 2, 3, 5, 16, 17, 33)] int batch, [Values(1, 7, 16, 31, 40)] int inputs, [Values(1, 10, 16, 33, 65)] int units)
    {
        var run = new LayerRun(new Dense(units, Activation.Sigmoid, biasInitializer: Initializer.Uniform(-1, 1)), [inputs], batch, new Engine(1), 3);
        run.Forward();
        var x = DoubleMatrix.From(run.Input, batch, inputs);
        var w = DoubleMatrix.From(run.Parameters[0].Values, inputs, units);
        var b = DoubleMatrix.From(run.Parameters[1].Values, 1, units);
        DoubleMatrix product = x.Times(w);
        var a = DoubleMatrix.Build(batch, units, (i, j) => 1 / (1 + Math.Exp(-(product[i, j] + b[0, j]))));
        a.AssertClose(run.Output, 2e-6, "A");

        float[] gradient = TestValues.Uniform(batch * units, 9);
        run.Backward(gradient);
        DoubleMatrix dz = DoubleMatrix.From(gradient, batch, units).Combine(a, (g, y) => g * y * (1 - y));
        x.Transposed.Times(dz).AssertClose(run.Parameters[0].Gradients, 1e-5, "dW");
        dz.Transposed.RowSums().AssertClose(run.Parameters[1].Gradients, 1e-5, "db");
        dz.Times(w.Transposed).AssertClose(run.InputGradient, 1e-5, "dX");
    }

    [Test]
    public void Accumulated_gradients_go_on_from_what_is_there()
    {
        var run = new LayerRun(new Dense(11, Activation.Tanh), [13], 6, new Engine(1), 3);
        float[] gradient = TestValues.Uniform(66, 9);
        run.Forward();
        run.Backward(gradient);
        float[] once = run.Parameters.Gradients.ToArray();
        run.Backward(gradient, accumulate: true);
        for (int i = 0; i < once.Length; i++)
            Assert.That(run.Parameters.Gradients[i], Is.EqualTo(2 * once[i]).Within(1e-5));
    }

    [Test]
    public void A_batch_without_sparse_rows_is_a_dense_one()
    {
        var dense = new Dense(3, Activation.Tanh);
        ParameterStore parameters = dense.CreateParameters([4], seed: 1);
        var context = new LayerContext(new Engine(1), rows: 2, parameters) { IsTraining = true };
        var input = new ReadOnlyMatrixView(TestValues.Uniform(8, 2), 2, 4);
        MatrixView expected = new(new float[6], 2, 3), output = new(new float[6], 2, 3);
        MatrixView expectedGradient = new(new float[8], 2, 4), gradient = new(new float[8], 2, 4);
        dense.Forward(context, input, expected);
        ((ISparseLayer)dense).Forward(context, new BatchView(input), output);
        Assert.That(output.Span.ToArray(), Is.EqualTo(expected.Span.ToArray()));

        dense.Backward(context, input, output, new(TestValues.Uniform(6, 3), 2, 3), expectedGradient);
        float[] once = parameters.Gradients.ToArray();
        ((ISparseLayer)dense).Backward(context, new BatchView(input), output, new(TestValues.Uniform(6, 3), 2, 3), gradient);
        Assert.That(gradient.Span.ToArray(), Is.EqualTo(expectedGradient.Span.ToArray()));
        Assert.That(parameters.Gradients.ToArray(), Is.EqualTo(once));
    }

    [Test]
    public void Skipping_zero_inputs_changes_no_bits([Values(1, 2, 64)] int batch, [Values(ZeroSkipping.Always, ZeroSkipping.Automatic)] ZeroSkipping skips)
    {
        LayerRun all = Run(ZeroSkipping.Never), nonzero = Run(skips);
        Assert.That(TestValues.Bits(nonzero.Output), Is.EqualTo(TestValues.Bits(all.Output)));
        Assert.That(TestValues.Bits(nonzero.InputGradient), Is.EqualTo(TestValues.Bits(all.InputGradient)));
        Assert.That(TestValues.Bits(nonzero.Parameters.Gradients), Is.EqualTo(TestValues.Bits(all.Parameters.Gradients)));

        LayerRun Run(ZeroSkipping skipping)
        {
            var run = new LayerRun(new Dense(70, Activation.Relu) { ZeroSkipping = skipping }, [100], batch, new Engine(2), 3);
            for (int i = 0; i < run.Input.Length; i++)
                run.Input[i] = i % 100 < 60 ? 0 : run.Input[i];
            run.Forward();
            run.Backward(TestValues.Uniform(batch * 70, 9));
            return run;
        }
    }

    /// <summary>A product that is left out shows where a weight is not finite: 0 · ∞ is NaN.</summary>
    [TestCase(0, ZeroSkipping.Automatic, false)]
    [TestCase(20, ZeroSkipping.Automatic, false)]
    [TestCase(40, ZeroSkipping.Automatic, true)]
    [TestCase(100, ZeroSkipping.Automatic, true)]
    [TestCase(100, ZeroSkipping.Never, false)]
    [TestCase(1, ZeroSkipping.Always, true)]
    public void Zeros_are_left_out_where_many_neighbouring_inputs_are_zero(int zeroColumns, ZeroSkipping skipping, bool isLeftOut)
    {
        foreach (int batch in (int[])[1, 6, 64])
        {
            var run = new LayerRun(new Dense(32) { ZeroSkipping = skipping }, [101], batch, new Engine(2), 3);
            for (int i = 0; i < run.Input.Length; i++)
                run.Input[i] = i % 101 < Math.Max(zeroColumns, 1) ? 0 : 1;
            run.Parameters[0].Values[0] = float.PositiveInfinity;
            run.Forward();
            Assert.That(float.IsNaN(run.Output[0]), Is.Not.EqualTo(isLeftOut), $"batch {batch}");
        }
    }

    [Test]
    public void An_unknown_way_of_skipping_zeros_is_refused() =>
        Assert.That(() => new Dense(1) { ZeroSkipping = (ZeroSkipping)9 }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("ZeroSkipping"));

    [Test]
    public void Without_a_bias_the_results_are_those_of_a_bias_of_zero([Values(1, 17)] int batch, [Values] bool isBuiltIn, [Values] bool needsInput)
    {
        Activation activation = isBuiltIn ? (needsInput ? Activation.Silu : Activation.Tanh) : needsInput ? new SwishActivation() : Activation.Identity;
        LayerRun with = Run(hasBias: true), without = Run(hasBias: false);
        Assert.That(without.Parameters.Count, Is.EqualTo(1));
        Assert.That(without.Output, Is.EqualTo(with.Output));
        Assert.That(without.InputGradient, Is.EqualTo(with.InputGradient));
        Assert.That(without.Parameters[0].Gradients.ToArray(), Is.EqualTo(with.Parameters[0].Gradients.ToArray()));

        LayerRun Run(bool hasBias)
        {
            var run = new LayerRun(new Dense(19, activation) { HasBias = hasBias }, [33], batch, new Engine(2), 3);
            run.Forward();
            run.Backward(TestValues.Uniform(batch * 19, 9));
            return run;
        }
    }

    [Test]
    public void A_layer_without_a_bias_is_read_back()
    {
        Part read = PartRegistry.Empty.With<Dense>().Read(new Dense(3, Activation.Relu) { HasBias = false, ZeroSkipping = ZeroSkipping.Never }.Settings);
        Assert.That(read, Is.InstanceOf<Dense>());
        var layer = (Dense)read;
        Assert.That((layer.Units, layer.HasBias, layer.ZeroSkipping), Is.EqualTo((3, false, ZeroSkipping.Never)));
        Assert.That(layer.Activation, Is.EqualTo(Activation.Relu));
    }

    [Test]
    public void The_first_layer_needs_no_input_gradient()
    {
        var run = new LayerRun(new Dense(3), [4], 2, new Engine(1), 3);
        run.Forward();
        run.Backward(new float[6], wantsInputGradient: false);
        Assert.That(run.InputGradient, Is.All.NaN);
    }

    [Test]
    public void Prediction_and_training_compute_the_same_bits()
    {
        var run = new LayerRun(new Dense(9, new SwishActivation()), [13], 6, new Engine(1), 3);
        run.Forward(isTraining: true);
        int[] training = TestValues.Bits(run.Output);
        run.Forward(isTraining: false);
        Assert.That(TestValues.Bits(run.Output), Is.EqualTo(training));
    }

    [Test]
    public void The_bits_do_not_depend_on_threads_or_their_number([Values(2, 3, 7)] int threads, [Values] RegisterWidth width)
    {
        LayerRun one = Run(1), several = Run(threads);
        Assert.That(TestValues.Bits(several.Output), Is.EqualTo(TestValues.Bits(one.Output)));
        Assert.That(TestValues.Bits(several.InputGradient), Is.EqualTo(TestValues.Bits(one.InputGradient)));
        Assert.That(TestValues.Bits(several.Parameters.Gradients), Is.EqualTo(TestValues.Bits(one.Parameters.Gradients)));

        LayerRun Run(int count)
        {
            var run = new LayerRun(new Dense(150, Activation.Tanh), [90], 100, new Engine(count, (SimdWidth)width), 3);
            run.Forward();
            run.Backward(TestValues.Uniform(run.Output.Length, 9));
            return run;
        }
    }

    [Test]
    public void Biases_start_as_their_initializer_says()
    {
        ParameterStore parameters = new Dense(3, biasInitializer: Initializer.Constant(0.5f)).CreateParameters([2]);
        Assert.That(parameters["bias"].Values.ToArray(), Is.EqualTo((float[])[0.5f, 0.5f, 0.5f]));
        Assert.That(() => new ParameterStore(null!), Throws.ArgumentNullException);
    }

    [Test]
    public void Sizes_that_make_no_sense_are_refused()
    {
        Assert.That(() => new Dense(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Dense(3).OutputShape([0]), Throws.ArgumentException);
    }

    /// <summary>Values of one size with alternating signs.</summary>
    private sealed class AlternatingInitializer(float size) : Initializer
    {
        public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = i % 2 == 0 ? size : -size;
        }
    }
}

using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Layers;

public class NormalizationTests
{
    private static readonly Layer[] All = [new BatchNormalization(), new BatchNormalization(affine: false), new LayerNormalization(), new ScaleShift()];

    [Test]
    public void A_picture_is_normalized_by_channel_over_samples_and_positions()
    {
        const int Samples = 3, Positions = 4, Channels = 5;
        var layer = new BatchNormalization();
        Shape picture = [2, 2, Channels], vector = [Channels];
        ParameterStore ofPicture = layer.CreateParameters(picture), ofVector = layer.CreateParameters(vector);
        Assert.That(ofPicture[0].Shape, Is.EqualTo(vector));
        float[] x = TestValues.Uniform(Samples * Positions * Channels, 1), byPicture = new float[x.Length], byVector = new float[x.Length];
        var engine = new Engine(1);
        layer.Forward(
            new LayerContext(engine, Samples, ofPicture) { InputShape = picture, IsTraining = true, Scratch = new float[2 * Channels] },
            new(x, Samples, Positions * Channels), new MatrixView(byPicture, Samples, Positions * Channels));
        layer.Forward(
            new LayerContext(engine, Samples * Positions, ofVector) { InputShape = vector, IsTraining = true, Scratch = new float[2 * Channels] },
            new(x, Samples * Positions, Channels), new MatrixView(byVector, Samples * Positions, Channels));
        Assert.That(byPicture, Is.EqualTo(byVector));
        Assert.That(ofPicture.Gradients.ToArray(), Is.EqualTo(ofVector.Gradients.ToArray()));
    }

    [Test]
    public void One_value_for_a_channel_has_no_variance()
    {
        var layer = new BatchNormalization();
        ParameterStore parameters = layer.CreateParameters([1, 1, 5]);
        Assert.That(
            () => layer.Forward(
                new LayerContext(new Engine(1), 1, parameters) { InputShape = [1, 1, 5], IsTraining = true, Scratch = new float[10] }, new(new float[5], 1, 5), new MatrixView(new float[5], 1, 5)),
            Throws.InvalidOperationException);
    }

    [Test]
    public void Gradients_agree_with_differences([ValueSource(nameof(All))] Layer layer, [Values(2, 7, 8, 16, 17, 33)] int width, [Values(4, 9)] int batch) =>
        LayerCheck.Gradients(layer, [width], batch);

    [Test]
    public void A_training_batch_has_mean_zero_and_variance_one_in_double([Values(1, 3, 7, 8, 9, 15, 16, 17, 40)] int width, [Values(2, 63, 64, 65, 200)] int batch, [Values] RegisterWidth register)
    {
        var run = new LayerRun(new BatchNormalization(epsilon: 1e-3f), [width], batch, new Engine(1, (SimdWidth)register), 3);
        for (int i = 0; i < run.Input.Length; i++)
            run.Input[i] = 3 * run.Input[i] + 10;
        run.Forward();
        DoubleMatrix x = DoubleMatrix.From(run.Input, batch, width);
        DoubleMatrix mean = x.Transposed.RowSums().Map(sum => sum / batch);
        DoubleMatrix centred = DoubleMatrix.Build(batch, width, (i, j) => x[i, j] - mean[j, 0]);
        DoubleMatrix variance = centred.Map(d => d * d).Transposed.RowSums().Map(sum => sum / batch);
        DoubleMatrix.Build(batch, width, (i, j) => centred[i, j] / Math.Sqrt(variance[j, 0] + 1e-3f)).AssertClose(run.Output, 2e-5, "output");
        run.MixStatistics();
        mean.Map(m => 0.1f * m).AssertClose(run.Parameters["mean"].Values, 2e-6, "running mean");
        variance.Map(v => 0.9 + 0.1 * v * batch / (batch - 1)).AssertClose(run.Parameters["variance"].Values, 2e-5, "running variance");

        // Without training the running statistics count.
        run.Forward(isTraining: false);
        DoubleMatrix.Build(batch, width, (i, j) => (x[i, j] - 0.1 * mean[j, 0]) / Math.Sqrt(0.9 + 0.1 * variance[j, 0] * batch / (batch - 1) + 1e-3))
            .AssertClose(run.Output, 2e-5, "prediction");
    }

    [Test]
    public void A_training_batch_of_one_sample_is_refused()
    {
        var run = new LayerRun(new BatchNormalization(), [4], 1, new Engine(1), 1);
        Assert.That(() => run.Forward(), Throws.InvalidOperationException.With.Message.Contains("at least two samples"));
        Assert.That(() => run.Forward(isTraining: false), Throws.Nothing);
    }

    [Test]
    public void Forward_changes_no_parameter([ValueSource(nameof(All))] Layer layer)
    {
        var run = new LayerRun(layer, [5], 4, new Engine(1), 1);
        float[] before = run.Parameters.Values.ToArray();
        run.Forward();
        Assert.That(run.Parameters.Values.ToArray(), Is.EqualTo(before));
    }

    [Test]
    public void Layer_normalization_is_the_formula_in_double([Values(1, 3, 7, 8, 9, 15, 16, 17, 40)] int width, [Values] RegisterWidth register)
    {
        const int Batch = 5;
        var run = new LayerRun(new LayerNormalization(), [width], Batch, new Engine(1, (SimdWidth)register), 3);
        TestValues.Uniform(width, 8).CopyTo(run.Parameters["scale"].Values);
        TestValues.Uniform(width, 9).CopyTo(run.Parameters["shift"].Values);
        float[] scale = run.Parameters["scale"].Values.ToArray(), shift = run.Parameters["shift"].Values.ToArray();
        run.Forward();
        DoubleMatrix x = DoubleMatrix.From(run.Input, Batch, width), mean = x.RowSums().Map(sum => sum / width);
        DoubleMatrix centred = DoubleMatrix.Build(Batch, width, (i, j) => x[i, j] - mean[i, 0]);
        DoubleMatrix variance = centred.Map(d => d * d).RowSums().Map(sum => sum / width);
        DoubleMatrix.Build(Batch, width, (i, j) => scale[j] * centred[i, j] / Math.Sqrt(variance[i, 0] + 1e-5) + shift[j])
            .AssertClose(run.Output, 1e-5, "output");
    }

    [Test]
    public void NaN_propagates([ValueSource(nameof(All))] Layer layer)
    {
        var run = new LayerRun(layer, [20], 3, new Engine(1), 1);
        run.Input[25] = float.NaN;
        run.Forward();
        Assert.That(run.Output[25], Is.NaN);
    }

    [Test]
    public void The_bits_do_not_depend_on_the_number_of_threads([Values(2, 3, 7)] int threads)
    {
        Assert.That(Train(threads), Is.EqualTo(Train(1)));

        static int[] Train(int count)
        {
            var network = new Sequential(
                [784], 1, new GaussianNoise(0.2f), new Dense(300), new BatchNormalization(), new ActivationLayer(Activation.Relu), new LayerNormalization(),
                new Residual(new Dense(300, Activation.Gelu), new Dropout(0.2f), new Dense(300)), new ScaleShift(), new Dense(10));
            var trainer = new Trainer(
                network, new SoftmaxCrossEntropy { LabelSmoothing = 0.1f }, new AdamW { GlobalClipNorm = 1, MaxNorm = 2, L1Penalty = 1e-4f, EmaDecay = 0.9f },
                new Engine(count, SimdWidths.Best));
            trainer.Fit(SyntheticDigits.Create(500, 3), new FitOptions { Epochs = 2, BatchSize = 250, Seed = 4 });
            return [.. TestValues.Bits(network.Parameters.Values), .. TestValues.Bits(trainer.AveragedNetwork!.Parameters.Values)];
        }
    }

    [Test]
    public void A_warm_step_allocates_nothing([Values(1, 2)] int threads)
    {
        var network = new Sequential(
            [20], 1, new GaussianNoise(0.2f), new Dense(300), new BatchNormalization(), new ActivationLayer(Activation.Gelu), new LayerNormalization(),
            new Residual(new Dense(300, Activation.Softplus), new Dropout(0.2f), new Dense(300)), new ScaleShift(), new Dense(4));
        var optimizer = new AdamW { GlobalClipNorm = 1, ClipValue = 1, MaxNorm = 2, L1Penalty = 1e-4f, L2Penalty = 1e-4f, EmaDecay = 0.9f };
        var engine = new Engine(threads, SimdWidths.Best);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy { LabelSmoothing = 0.1f, ClassWeights = [1, 2, 1, 1] }, optimizer, engine);
        float[] inputs = TestValues.Uniform(300 * 20, 1), weights = TestValues.Uniform(300, 2, 0, 1);
        int[] labels = TestValues.Labels(300, 4, 2);
        Assert.That(Allocation.Least(engine, () =>
        {
            for (int step = 0; step < 3; step++)
                trainer.TrainStep(new ReadOnlyMatrixView(inputs, 300, 20), labels, weights);
        }), Is.Zero);
    }

    [Test]
    public void Folding_leaves_the_function_as_it_is()
    {
        var network = new Sequential(
            [6], 1, new Dense(5), new BatchNormalization(), new ActivationLayer(Activation.Tanh), new Dense(4, Activation.Relu), new BatchNormalization(), new Dense(3),
            new BatchNormalization(affine: false)) { ClassNames = ["cat", "dog", "owl"], InputScaling = new InputScaling(0.5f, 1, 2) };
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
        float[] inputs = TestValues.Uniform(60, 1);
        for (int step = 0; step < 30; step++)
            trainer.TrainStep(new ReadOnlyMatrixView(inputs, 10, 6), TestValues.Labels(10, 3, 2));
        Sequential folded = network.FuseBatchNormalization();
        Assert.That(folded.Layers.Select(layer => layer.ToString()), Is.EqualTo((string[])["dense(units=5, activation=tanh)", "dense(units=4, activation=relu)", "batchnorm(momentum=0.1, epsilon=1E-05, affine=true)", "dense(units=3)"]));
        Assert.That(folded.ClassNames, Is.EqualTo(network.ClassNames));
        Assert.That(folded.InputScaling, Is.EqualTo(network.InputScaling));
        var samples = Tensor.Create<float>(inputs, [10, 6]);
        Assert.That(folded.Predict(samples).AsMatrix().Span.ToArray(), Is.EqualTo(network.Predict(samples).AsMatrix().Span.ToArray()).Within(1e-6));
    }

    [Test]
    public void Values_out_of_range_are_refused()
    {
        Assert.That(() => new BatchNormalization(momentum: 1.1f), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new BatchNormalization(epsilon: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new LayerNormalization(float.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new LayerNormalization(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Both_ends_of_the_momentum_are_allowed([Values(0, 1)] float momentum) =>
        Assert.That(new BatchNormalization(momentum).Momentum, Is.EqualTo(momentum));

    [Test]
    public void Parameter_gradients_are_the_same_where_no_input_gradient_is_wanted([ValueSource(nameof(All))] Layer layer)
    {
        Assert.That(TestValues.Bits(Gradients(false)), Is.EqualTo(TestValues.Bits(Gradients(true))));

        float[] Gradients(bool wantsInputGradient)
        {
            var run = new LayerRun(layer, [20], 3, new Engine(1), 1);
            run.Forward();
            run.Backward(TestValues.Uniform(run.Output.Length, 9), wantsInputGradient: wantsInputGradient);
            return run.Parameters.Gradients.ToArray();
        }
    }
}

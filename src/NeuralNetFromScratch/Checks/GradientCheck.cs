namespace NeuralNetFromScratch;

/// <summary>
/// Checks a layer, a loss or an activation of your own in one call: its gradients against central differences, step 1/128, with a
/// tolerance of 0.002 times the largest derivative (at least of 1): what single precision allows. Outputs start as NaN, so that one
/// which is not written shows; and parameters are moved from where their initializers put them by up to a quarter, so that a factor
/// of one or a bias of zero hides no mistake.
/// </summary>
public static class GradientCheck
{
    /// <summary>Checks the gradients by the input and by all parameters, and that they add up when asked to.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="inputShape">Shape of one sample.</param>
    /// <param name="batch">Number of samples; positive.</param>
    /// <param name="seed">Seed of inputs, parameters and chance.</param>
    /// <exception cref="ArgumentException">The layer cannot take the shape.</exception>
    public static GradientReport Check(Layer layer, Shape inputShape, int batch = 4, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        var chain = new Chain(inputShape, [layer]);
        int outputs = checked(batch * chain.OutputShape.ElementCount);
        var random = new RandomSource(seed);
        ParameterStore parameters = layer.CreateParameters(inputShape, seed);
        var memory = new ChainMemory(chain, new Engine(), parameters, batch, isTraining: true);
        memory.Poison();
        float[] input = Uniform(random.Fork(1), batch * inputShape.ElementCount), direction = Uniform(random.Fork(2), outputs);
        float[] inputGradient = Undefined(input.Length);
        parameters.Gradients.Fill(float.NaN);
        for (int i = 0; i < parameters.Count; i++)
        {
            if (parameters[i].Role != ParameterRole.State)
                Move(parameters[i].Values, random.Fork(4).Fork((ulong)i));
        }

        // L = Σ direction · output
        Pass(accumulate: false);
        var comparison = new GradientComparison();
        comparison.Compare("input", input, inputGradient, Objective);
        foreach (Parameter parameter in parameters)
        {
            if (parameter.Role != ParameterRole.State)
                comparison.Compare(parameter.Name, parameter.Values, parameter.Gradients.ToArray(), Objective);
        }

        float[] once = parameters.Gradients.ToArray();
        Pass(accumulate: true);
        foreach (Parameter parameter in parameters)
        {
            for (int i = 0; parameter.Role != ParameterRole.State && i < parameter.Shape.ElementCount; i++)
                comparison.Expect($"{parameter.Name}[{i}] added up twice", parameter.Gradients[i], 2.0 * once[parameter.Offset + i]);
        }

        return comparison.Report();

        void Pass(bool accumulate)
        {
            ChainRun run = memory.Run(batch, accumulate, random.Fork(3));
            var view = new ReadOnlyMatrixView(input, batch, inputShape.ElementCount);
            run.Forward(view);
            direction.CopyTo(run.OutputGradient.Span);
            run.Backward(view, new MatrixView(inputGradient, batch, inputShape.ElementCount));
        }

        double Objective()
        {
            ReadOnlySpan<float> output = memory.Run(batch, accumulate: true, random.Fork(3)).Forward(new(input, batch, inputShape.ElementCount)).Span;
            double sum = 0;
            for (int i = 0; i < outputs; i++)
                sum += (double)direction[i] * output[i];
            return sum;
        }
    }

    /// <summary>Checks the gradient by the outputs, against labels and against dense targets from 0 to 1.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="outputs">Number of outputs; positive.</param>
    /// <param name="rows">Number of samples; positive.</param>
    /// <param name="seed">Seed of outputs and targets.</param>
    public static GradientReport Check(Loss loss, int outputs = 5, int rows = 4, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        var random = new RandomSource(seed);
        float[] values = Uniform(random.Fork(1), rows * outputs), gradient = Undefined(values.Length);
        float[] targets = [.. Uniform(random.Fork(2), values.Length).Select(value => (value + 1) / 2)];
        int[] labels = [.. Enumerable.Range(0, rows).Select(row => random.Fork(3).Below((ulong)row, outputs))];
        var comparison = new GradientComparison();
        loss.Evaluate(new ReadOnlyMatrixView(values, rows, outputs), labels, 1, new MatrixView(gradient, rows, outputs));
        comparison.Compare("outputs (labels)", values, gradient, () => loss.Evaluate(new(values, rows, outputs), labels, 1, default));
        Array.Fill(gradient, float.NaN);
        loss.Evaluate(new(values, rows, outputs), new ReadOnlyMatrixView(targets, rows, outputs), 1, new MatrixView(gradient, rows, outputs));
        comparison.Compare(
            "outputs (targets)", values, gradient, () => loss.Evaluate(new(values, rows, outputs), new ReadOnlyMatrixView(targets, rows, outputs), 1, default));
        return comparison.Report();
    }

    /// <summary>Checks the derivative at random places.</summary>
    /// <param name="activation">The activation.</param>
    /// <param name="seed">Seed of the places.</param>
    public static GradientReport Check(Activation activation, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(activation);
        return Check(new Activate(activation), [33], batch: 3, seed);
    }

    private static void Move(Span<float> values, RandomSource random)
    {
        float[] shares = Uniform(random, values.Length);
        for (int i = 0; i < values.Length; i++)
            values[i] += shares[i] / 4 * (values[i] == 0 ? 1 : values[i]);
    }

    private static float[] Uniform(RandomSource random, int count) =>
        [.. Enumerable.Range(0, count).Select(i => (float)(2 * random.Uniform((ulong)i) - 1))];

    private static float[] Undefined(int count)
    {
        float[] values = new float[count];
        Array.Fill(values, float.NaN);
        return values;
    }
}

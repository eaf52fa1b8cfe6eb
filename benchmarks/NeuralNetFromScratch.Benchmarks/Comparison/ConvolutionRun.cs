namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>Forward and both gradients of one convolution on one batch.</summary>
internal sealed class ConvolutionRun
{
    private readonly ChainMemory _memory;
    private readonly Conv2D _layer;
    private readonly Shape _shape;
    private readonly ParameterStore _parameters;
    private readonly int _batch;
    private readonly float[] _input, _outputGradient, _inputGradient, _output;

    public ConvolutionRun(Conv2D layer, Shape shape, int batch, int threads)
    {
        (_layer, _shape, _batch) = (layer, shape, batch);
        _parameters = layer.CreateParameters(shape, seed: 1);
        _memory = new ChainMemory(new Chain(shape, [layer]), new Engine(threads), _parameters, batch, isTraining: true);
        var random = new RandomSource(2);
        _input = [.. Enumerable.Range(0, batch * shape.ElementCount).Select(i => (float)random.Uniform((ulong)i) - 0.5f)];
        _output = new float[batch * layer.OutputShape(shape).ElementCount];
        _outputGradient = [.. Enumerable.Range(0, _output.Length).Select(i => (float)random.Fork(1).Uniform((ulong)i) - 0.5f)];
        _inputGradient = new float[_input.Length];
    }

    /// <summary>Multiplications and additions.</summary>
    public double Flops => 6.0 * _output.Length * _parameters["weight"].Shape.ElementCount / _layer.Channels;

    public void Run()
    {
        ReadOnlyMatrixView input = new(_input, _batch, _shape.ElementCount);
        ChainRun run = _memory.Run(_batch);
        run.Forward(input);
        _outputGradient.CopyTo(run.OutputGradient.Span);
        run.Backward(input, new MatrixView(_inputGradient, _batch, _shape.ElementCount));
    }

    /// <summary>Compares outputs and gradients with double precision.</summary>
    /// <exception cref="InvalidOperationException">They differ.</exception>
    public void Check()
    {
        ReadOnlyMatrixView input = new(_input, _batch, _shape.ElementCount);
        _memory.Run(_batch).Forward(input).Span.CopyTo(_output);
        Run();
        Shape output = _layer.OutputShape(_shape), weight = _parameters["weight"].Shape;
        ReadOnlySpan<float> w = _parameters["weight"].Values;
        int filters = output[2], channels = weight[2], groupFilters = filters / _layer.Groups;
        int top = Before(0, _layer.KernelSize.Height, _layer.Stride.Height, output[0]), left = Before(1, _layer.KernelSize.Width, _layer.Stride.Width, output[1]);
        double[] y = new double[_output.Length], dw = new double[w.Length], dx = new double[_input.Length];
        for (int at = 0; at < _output.Length; at++)
        {
            int sample = at / output.ElementCount, row = at % output.ElementCount / (output[1] * filters), column = at / filters % output[1], filter = at % filters;
            for (int k = 0; k < w.Length / filters; k++)
            {
                int i = row * _layer.Stride.Height + k / channels / weight[1] - top, j = column * _layer.Stride.Width + k / channels % weight[1] - left;
                if (i < 0 || i >= _shape[0] || j < 0 || j >= _shape[1])
                    continue;
                int from = sample * _shape.ElementCount + (i * _shape[1] + j) * _shape[2] + filter / groupFilters * channels + k % channels;
                y[at] += (double)_input[from] * w[k * filters + filter];
                dw[k * filters + filter] += (double)_input[from] * _outputGradient[at];
                dx[from] += (double)w[k * filters + filter] * _outputGradient[at];
            }
        }

        Compare(_output, y, "output");
        Compare(_parameters["weight"].Gradients, dw, "weight gradient");
        Compare(_inputGradient, dx, "input gradient");
    }

    private int Before(int axis, int size, int stride, int outputs) =>
        _layer.Padding.IsSame ? Math.Max(0, (outputs - 1) * stride + size - _shape[axis]) / 2 : axis == 0 ? _layer.Padding.Top : _layer.Padding.Left;

    private void Compare(ReadOnlySpan<float> actual, double[] expected, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= 1e-4 * Math.Max(1, Math.Abs(expected[i]))))
                throw new InvalidOperationException($"{_layer}: {what} {i} is {actual[i]}, not {expected[i]}");
        }
    }
}

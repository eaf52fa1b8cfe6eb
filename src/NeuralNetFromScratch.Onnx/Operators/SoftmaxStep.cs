namespace NeuralNetFromScratch.Onnx;

/// <summary>An operator on each row k of <c>x[o, k, i]</c>, whose sizes are those of o, k and i.</summary>
internal abstract class AlongAxisStep : StepOperator
{
    public override int OutputLength(Step step, ReadOnlySpan<int> lengths)
    {
        Require(lengths.Length == 1 && step.Sizes.Length == 3 && Product(step, step.Sizes) == lengths[0], step, "sizes and values differ");
        return lengths[0];
    }

    public override void Forward(in StepRun run)
    {
        (int count, int inner) = (run.Step.Sizes[1], run.Step.Sizes[2]);
        for (int i = 0; i < run.Output.Length / count; i++)
        {
            int first = i / inner * count * inner + i % inner;
            Forward(run.Input(0)[first..], run.Output[first..], count, inner);
        }
    }

    public override void Backward(in StepRun run)
    {
        Span<float> dx = run.InputGradient(0);
        (int count, int inner) = (run.Step.Sizes[1], run.Step.Sizes[2]);
        for (int i = 0; i < dx.Length / count; i++)
        {
            int first = i / inner * count * inner + i % inner;
            Backward(run.Output[first..], run.OutputGradient[first..], dx[first..], count, inner);
        }
    }

    public override string Export(GraphBuilder graph, Step step, string[] inputs, ReadOnlySpan<int> lengths) =>
        graph.Reshape(graph.Node(step.Name, [graph.Reshape(inputs[0], step.Sizes)], GraphBuilder.Attribute("axis", 2L)), [lengths[0]]);

    /// <summary>Computes one row with a stride between its values.</summary>
    protected abstract void Forward(ReadOnlySpan<float> x, Span<float> y, int count, int stride);

    /// <summary>Adds the gradient of one row.</summary>
    protected abstract void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int count, int stride);

    private protected static (float Largest, double Sum) Normalizer(ReadOnlySpan<float> x, int count, int stride)
    {
        float largest = float.NegativeInfinity;
        double sum = 0;
        for (int k = 0; k < count; k++)
            largest = MathF.Max(largest, x[k * stride]);
        for (int k = 0; k < count; k++)
            sum += PortableMath.Exp(x[k * stride] - largest);
        return (largest, sum);
    }
}

/// <summary><c>yₖ = exp(xₖ) / Σ exp(x)</c>.</summary>
internal sealed class SoftmaxStep : AlongAxisStep
{
    protected override void Forward(ReadOnlySpan<float> x, Span<float> y, int count, int stride)
    {
        (float largest, double sum) = Normalizer(x, count, stride);
        for (int k = 0; k < count; k++)
            y[k * stride] = (float)(PortableMath.Exp(x[k * stride] - largest) / sum);
    }

    protected override void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int count, int stride)
    {
        double sum = 0;
        for (int k = 0; k < count; k++)
            sum += (double)y[k * stride] * dy[k * stride];
        for (int k = 0; k < count; k++)
            dx[k * stride] += (float)(y[k * stride] * (dy[k * stride] - sum));
    }
}

/// <summary><c>yₖ = xₖ − log Σ exp(x)</c>.</summary>
internal sealed class LogSoftmaxStep : AlongAxisStep
{
    protected override void Forward(ReadOnlySpan<float> x, Span<float> y, int count, int stride)
    {
        (float largest, double sum) = Normalizer(x, count, stride);
        for (int k = 0; k < count; k++)
            y[k * stride] = (float)(x[k * stride] - largest - PortableMath.Log(sum));
    }

    protected override void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int count, int stride)
    {
        double sum = 0;
        for (int k = 0; k < count; k++)
            sum += dy[k * stride];
        for (int k = 0; k < count; k++)
            dx[k * stride] += (float)(dy[k * stride] - PortableMath.Exp(y[k * stride]) * sum);
    }
}

/// <summary>1 for the first maximum, 0 for the other values.</summary>
internal sealed class HardmaxStep : AlongAxisStep
{
    protected override void Forward(ReadOnlySpan<float> x, Span<float> y, int count, int stride)
    {
        int largest = 0;
        for (int k = 0; k < count; k++)
        {
            y[k * stride] = 0;
            if (x[k * stride] > x[largest * stride])
                largest = k;
        }

        y[largest * stride] = 1;
    }

    protected override void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int count, int stride)
    {
    }
}

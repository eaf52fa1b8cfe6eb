using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.GuardPages;

/// <summary>All layers, whose inputs, outputs, gradients and scratch touch guard pages, and the kernels that read parameters besides.</summary>
public unsafe class LayerGuardTests(GuardedSide side) : GuardPageTest(side)
{
    private static readonly int[] Features = [.. Enumerable.Range(1, 18), 31, 32, 33, 65];

    private static readonly Func<int, Layer>[] Layers =
    [
        features => new Dense(features, Activation.Relu),
        _ => new Dense(7, Activation.Gelu),
        _ => new Activate(Activation.Tanh),
        _ => new BatchNormalization(),
        _ => new LayerNormalization(),
        _ => new Affine(),
        _ => new Dropout(0.5f),
        _ => new GaussianNoise(0.1f),
        features => new Standardize([.. Enumerable.Repeat(1f, features)], [.. Enumerable.Repeat(2f, features)]),
        features => new Residual(new Dense(features, Activation.Silu), new LayerNormalization()),
        _ => new Flatten(),
    ];

    [Test]
    public void Layers_touch_their_buffers_alone([Values] RegisterWidth width, [Values(1, 2, 7)] int batch)
    {
        var engine = new Engine(1, (SimdWidth)width);
        foreach (int features in Features)
        {
            foreach (Func<int, Layer> create in Layers)
            {
                Layer layer = create(features);
                if (layer is BatchNormalization && batch == 1)
                    continue;
                Check(operands => Run(operands, layer, features, batch, engine), () => $"{layer} of {features}");
            }
        }
    }

    [Test]
    public void Normalization_touches_its_parameters_alone([Values] RegisterWidth width, [Values(1, 2, 7)] int rows)
    {
        var engine = new Engine(1, (SimdWidth)width);
        foreach (int columns in Features)
        {
            int matrix = rows * columns;
            Check(
                on =>
                {
                    Columns(new BatchNormForward { Rows = rows, Columns = columns, Epsilon = 1e-5f, BatchShare = 1, X = on.Next(matrix), Y = on.Next(matrix), Scale = on.Next(columns), Shift = on.Next(columns), MeanGradient = on.Next(columns), VarianceGradient = on.Next(columns), Mean = on.Next(columns), InverseDeviation = on.Next(columns) });
                    Columns(new BatchNormApply { Rows = rows, Columns = columns, Epsilon = 1e-5f, X = on.Next(matrix), Y = on.Next(matrix), Scale = on.Next(columns), Shift = on.Next(columns), Mean = on.Next(columns), Variance = on.Next(columns) });
                    Columns(new BatchNormBackward { Rows = rows, Columns = columns, X = on.Next(matrix), Dy = on.Next(matrix), Dx = on.Next(matrix), Scale = on.Next(columns), Mean = on.Next(columns), InverseDeviation = on.Next(columns), ScaleGradient = on.Next(columns), ShiftGradient = on.Next(columns), Accumulate = true });
                    Columns(new AffineForward { Rows = rows, Columns = columns, X = on.Next(matrix), Y = on.Next(matrix), Scale = on.Next(columns), Shift = on.Next(columns) });
                    Columns(new AffineBackward { Rows = rows, Columns = columns, X = on.Next(matrix), Dy = on.Next(matrix), Dx = on.Next(matrix), Scale = on.Next(columns), ScaleGradient = on.Next(columns), ShiftGradient = on.Next(columns), Accumulate = true });
                    Columns(new LayerNormParameterGradients { Rows = rows, Columns = columns, X = on.Next(matrix), Dy = on.Next(matrix), Mean = on.Next(rows), InverseDeviation = on.Next(rows), ScaleGradient = on.Next(columns), ShiftGradient = on.Next(columns), Accumulate = true });
                    Columns(new MaxNormKernel { Rows = rows, Columns = columns, Values = on.Next(matrix), Bound = 0.5f });
                    Rows(new LayerNormForward { Columns = columns, Epsilon = 1e-5f, X = on.Next(matrix), Y = on.Next(matrix), Scale = on.Next(columns), Shift = on.Next(columns), Mean = on.Next(rows), InverseDeviation = on.Next(rows) });
                    Rows(new LayerNormInputGradient { Columns = columns, X = on.Next(matrix), Dy = on.Next(matrix), Dx = on.Next(matrix), Scale = on.Next(columns), Mean = on.Next(rows), InverseDeviation = on.Next(rows) });
                    Rows(new StandardizeKernel { Columns = columns, X = on.Next(matrix), Y = on.Next(matrix), Mean = on.Next(columns), Deviation = on.Next(columns) });
                    Activation.Tanh.Sweep(engine, new BackwardSweep { Rows = rows, Columns = columns, Argument = on.Next(matrix), Gradient = on.Next(matrix), Sums = on.Next(columns), Accumulate = true });
                },
                () => $"{rows}×{columns}");

            void Columns<TKernel>(TKernel kernel)
                where TKernel : struct, IColumnKernel => engine.Run(new ColumnJob<TKernel>(engine, kernel, columns), 1);

            void Rows<TKernel>(TKernel kernel)
                where TKernel : struct, IRowKernel => engine.Run(new RowJob<TKernel>(engine, kernel, rows), 1);
        }
    }

    private static void Run(Operands operands, Layer layer, int features, int batch, Engine engine)
    {
        Shape shape = [features];
        ParameterStore parameters = layer.CreateParameters(shape, seed: 3);
        if (layer.Branches(shape).Count > 0)
        {
            RunChain(operands, layer, features, batch, engine, parameters);
            return;
        }

        int outputs = layer.OutputShape(shape).ElementCount;
        Span<float> input = operands.NextSpan(batch * features), output = operands.NextSpan(batch * outputs);
        Span<float> outputGradient = operands.NextSpan(batch * outputs), inputGradient = operands.NextSpan(batch * features);
        var context = new LayerContext(engine, batch, parameters)
        {
            InputShape = shape,
            IsTraining = true,
            Scratch = operands.NextSpan(layer.Scratch(shape, batch).Floats),
            Random = new RandomSource(5),
        };
        ReadOnlyMatrixView x = new(input, batch, features), y = new(output, batch, outputs);
        layer.Forward(context, x, new MatrixView(output, batch, outputs));
        layer.Backward(context, x, y, new MatrixView(outputGradient, batch, outputs), new MatrixView(inputGradient, batch, features));
        var prediction = new LayerContext(engine, batch, parameters) { InputShape = shape, Scratch = operands.NextSpan(layer.Scratch(shape, batch).Floats) };
        layer.Forward(prediction, x, new MatrixView(operands.NextSpan(batch * outputs), batch, outputs));
    }

    /// <summary>A layer that has others within, in a chain whose memory is guarded.</summary>
    private static void RunChain(Operands operands, Layer layer, int features, int batch, Engine engine, ParameterStore parameters)
    {
        var chain = new Chain([features], [layer]);
        Span<float> input = operands.NextSpan(batch * features), inputGradient = operands.NextSpan(batch * features);
        foreach (bool isTraining in (bool[])[true, false])
        {
            var memory = new ScratchSpan(operands.NextSpan(chain.Scratch(batch, isTraining).Floats), [], [], 0);
            var pass = new PassContext { Engine = engine, Parameters = parameters, Rows = batch, IsTraining = isTraining, BatchShare = 1, Random = new RandomSource(5) };
            var run = new ChainRun(chain, pass, 0, memory);
            run.Forward(new(input, batch, features));
            if (isTraining)
                run.Backward(new(input, batch, features), new MatrixView(inputGradient, batch, features));
        }
    }
}

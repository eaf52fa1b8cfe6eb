using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.GuardPages;

/// <summary>All layers, whose inputs, outputs, gradients and scratch touch guard pages, and the kernels that read parameters besides.</summary>
public class LayerGuardTests(GuardedSide side) : GuardPageTest(side)
{
    private static readonly int[] Features = [.. Enumerable.Range(1, 18), 31, 32, 33, 65];

    private static readonly Func<int, Layer>[] Layers =
    [
        features => new Dense(features, Activation.Relu),
        _ => new Dense(7, Activation.Gelu),
        _ => new ActivationLayer(Activation.Tanh),
        _ => new BatchNormalization(),
        _ => new LayerNormalization(),
        _ => new ScaleShift(),
        _ => new Dropout(0.5f),
        _ => new GaussianNoise(0.1f),
        features => new Standardization([.. Enumerable.Repeat(1f, features)], [.. Enumerable.Repeat(2f, features)]),
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
                Check(operands => Run(operands, layer, [features], batch, engine), () => $"{layer} of {features}");
            }
        }
    }

    [Test]
    public void Layers_of_pictures_touch_their_buffers_alone([Values] RegisterWidth width, [Values(1, 3)] int batch)
    {
        var engine = new Engine(1, (SimdWidth)width);
        foreach (int channels in (int[])[1, 2, 7, 8, 16, 17, 33])
        {
            Layer[] layers =
            [
                new Conv2D(5, 3), new Conv2D(16, 3, Activation.Relu) { Padding = 1 }, new Conv2D(33, new Size2D(1, 2), Activation.Gelu) { Stride = 2 },
                new Conv2D(24, 3) { Stride = new(2, 3), Dilation = 2, Padding = new(2, 0, 1, 3) }, new Conv2D(channels, 3) { Groups = channels, Padding = 1 },
                new Conv2D(2 * channels, 2) { Groups = channels, Stride = 2 }, new MaxPool2D(2), new MaxPool2D(3) { Stride = 2, Padding = 1 }, new AveragePool2D(new Size2D(2, 1)),
                new AveragePool2D(3) { Stride = 1, Padding = 1, CountsPadding = false }, new GlobalMaxPool2D(), new GlobalAveragePool2D(), new ZeroPadding2D(new Padding2D(0, 1, 2, 0)),
                new Upsample2D(2), new SpatialDropout2D(0.5f),
            ];
            foreach (Layer layer in layers)
                Check(operands => Run(operands, layer, [6, 5, channels], batch, engine), () => $"{layer} of {channels} channels");
        }
    }

    [Test]
    public void Normalization_touches_its_parameters_alone([Values] RegisterWidth width, [Values(1, 2, 7)] int rows)
    {
        var engine = new Engine(1, (SimdWidth)width);
        foreach (int columns in Features)
        {
            Check(
                on =>
                {
                    Columns(new BatchNormForward { Epsilon = 1e-5f, BatchShare = 1, X = Next(on), Y = Next(on), Scale = on.NextSpan(columns), Shift = on.NextSpan(columns), MeanGradient = on.NextSpan(columns), VarianceGradient = on.NextSpan(columns), Mean = on.NextSpan(columns), InverseDeviation = on.NextSpan(columns) });
                    Columns(new BatchNormApply { Epsilon = 1e-5f, X = Next(on), Y = Next(on), Scale = on.NextSpan(columns), Shift = on.NextSpan(columns), Mean = on.NextSpan(columns), Variance = on.NextSpan(columns) });
                    Columns(new BatchNormBackward { X = Next(on), Dy = Next(on), Dx = Next(on), Scale = on.NextSpan(columns), Mean = on.NextSpan(columns), InverseDeviation = on.NextSpan(columns), ScaleGradient = on.NextSpan(columns), ShiftGradient = on.NextSpan(columns), Accumulate = true });
                    Columns(new ScaleShiftForward { X = Next(on), Y = Next(on), Scale = on.NextSpan(columns), Shift = on.NextSpan(columns) });
                    Columns(new ScaleShiftBackward { X = Next(on), Dy = Next(on), Dx = Next(on), Scale = on.NextSpan(columns), ScaleGradient = on.NextSpan(columns), ShiftGradient = on.NextSpan(columns), Accumulate = true });
                    Columns(new LayerNormParameterGradients { X = Next(on), Dy = Next(on), Mean = on.NextSpan(rows), InverseDeviation = on.NextSpan(rows), ScaleGradient = on.NextSpan(columns), ShiftGradient = on.NextSpan(columns), Accumulate = true });
                    Columns(new NormBound { Values = Next(on), Bound = 0.5f });
                    Rows(new LayerNormForward { Epsilon = 1e-5f, X = Next(on), Y = Next(on), Scale = on.NextSpan(columns), Shift = on.NextSpan(columns), Mean = on.NextSpan(rows), InverseDeviation = on.NextSpan(rows) });
                    Rows(new LayerNormInputGradient { X = Next(on), Dy = Next(on), Dx = Next(on), Scale = on.NextSpan(columns), Mean = on.NextSpan(rows), InverseDeviation = on.NextSpan(rows) });
                    Rows(new StandardizationForward { X = Next(on), Y = Next(on), Mean = on.NextSpan(columns), Deviation = on.NextSpan(columns) });
                    Columns(new GradientSweep<TanhFunction> { Argument = Next(on), Gradient = Next(on), Sums = on.NextSpan(columns), Accumulate = true });
                },
                () => $"{rows}×{columns}");

            MatrixView Next(Operands on) => new(on.NextSpan(rows * columns), rows, columns);

            void Columns<TOperation>(TOperation operation)
                where TOperation : struct, IColumnOperation, allows ref struct => engine.ForColumns(operation, columns, 1, 1);

            void Rows<TOperation>(TOperation operation)
                where TOperation : struct, IRowOperation, allows ref struct => engine.ForRows(operation, rows, 1, 1);
        }
    }

    private static void Run(Operands operands, Layer layer, Shape shape, int batch, Engine engine)
    {
        int features = shape.ElementCount;
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

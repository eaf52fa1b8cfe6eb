namespace NeuralNetFromScratch.Tool.Report;

/// <summary>A picture of a report, once for light and once for dark screens.</summary>
/// <param name="Description">What it shows.</param>
/// <param name="Light">PNG.</param>
/// <param name="Dark">PNG.</param>
internal sealed record ReportPicture(string Description, byte[] Light, byte[] Dark);
